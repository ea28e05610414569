import BinaryLayout
import ByteStorage
import ELF
import KernelImage
import LoadPlan
import PhysicalMemory

/// A kernel that begins with an Image's header, whatever kind of file it came in: raw, or an ELF file.
public struct ImageKernel<Header: ImageHeader>: Sendable {
    /// What it says of itself.
    public let header: Header
    /// From the multiple of 2 MiB below it to the end of what it needs, in whole pages.
    public let size: ByteCount
    /// From that multiple on. Each has the memory up to the next one, the last one all that is left.
    public let pieces: [KernelPiece]

    /// Throws where the file is no such kernel, or cannot do what is asked for.
    /// - Parameters:
    ///   - name: with its article, "an arm64"
    ///   - pageSize: what segments are multiples of
    public init(_ request: LoadRequest, _ name: String, for machine: Machine, pageSize: ByteCount) throws(PlanError) {
        let file = request.kernel.contents.bytes
        let target = ELFKernel.Target(
            name, machines: [.elf64: machine.elfMachine], byteOrder: machine.byteOrder, pageSize: pageSize, isPlacedByVirtualAddress: true)
        let parts: [(offset: ByteCount, contents: Bytes)]
        do throws(KernelImageError) {
            let isELF = file.withSpan { KernelFormat.detect($0) } == .elf
            parts = isELF ? try ELFKernel(file, for: target).pieces.map { ($0.offset, $0.contents) } : [(.zero, file)]
            guard let first = parts.first else { throw .empty }
            let end = parts.map { $0.offset.rawValue + UInt64($0.contents.count) }.max() ?? 0
            header = try first.contents.withSpan { (bytes) throws(KernelImageError) in
                try Header(bytes, loadedSize: Int(clamping: end))
            }
        } catch {
            throw .kernel(request.kernel.name, error)
        }
        guard let size = header.textOffset.adding(header.memorySize)?.alignedUp(to: pageSize) else {
            throw .rule(.kernel, "it reaches beyond the address space")
        }
        self.size = size
        var pieces: [KernelPiece] = []
        for (index, part) in parts.enumerated() {
            let next = index + 1 < parts.count ? header.textOffset.adding(parts[index + 1].offset) : size
            guard let start = header.textOffset.adding(part.offset), let next, next <= size, start < next else {
                throw .rule(.kernel, "it reaches beyond its image_size")
            }
            pieces.append(KernelPiece(offset: start, memorySize: ByteCount(next.rawValue - start.rawValue), contents: part.contents))
        }
        self.pieces = pieces
        guard request.purpose == .reboot || !header.isBigEndian else {
            throw .unsuitable(request.kernel.name, "a big-endian kernel cannot read the elfcorehdr of a little-endian one")
        }
    }
}

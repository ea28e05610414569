import BinaryLayout
import ByteStorage
import ELF
import KernelImage
import LoadPlan
import PhysicalMemory

/// A kernel, whatever kind of file it came in: bytes that begin with its header.
struct Kernel {
    let header: ARM64Image
    /// From the multiple of 2 MiB below it to the end of what it needs, in whole pages.
    let size: ByteCount
    /// From that multiple on. Each has the memory up to the next one, the last one all that is left.
    let pieces: [KernelPiece]

    private static let target = ELFKernel.Target(
        "an arm64", machines: [.elf64: Machine.aarch64.elfMachine], byteOrder: Machine.aarch64.byteOrder, pageSize: Layout.pageSize,
        isPlacedByVirtualAddress: true)

    init(_ request: LoadRequest) throws(PlanError) {
        let file = request.kernel.contents.bytes
        let parts: [(offset: ByteCount, contents: Bytes)]
        do throws(KernelImageError) {
            let isELF = file.withSpan { KernelFormat.detect($0) } == .elf
            parts = isELF ? try ELFKernel(file, for: Self.target).pieces.map { ($0.offset, $0.contents) } : [(.zero, file)]
            guard let first = parts.first else { throw .empty }
            let end = parts.map { $0.offset.rawValue + UInt64($0.contents.count) }.max() ?? 0
            header = try first.contents.withSpan { (bytes) throws(KernelImageError) in
                try ARM64Image(bytes, loadedSize: Int(clamping: end))
            }
        } catch {
            throw .kernel(request.kernel.name, error)
        }
        guard let size = header.textOffset.adding(header.memorySize)?.alignedUp(to: Layout.pageSize) else {
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
    }
}

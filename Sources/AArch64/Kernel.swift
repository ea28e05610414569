import ByteStorage
import ELF
import KernelImage
import LoadPlan
import PhysicalMemory

extension AArch64 {
    /// A kernel, whatever kind of file it came in: bytes that begin with its header.
    struct Kernel {
        struct Piece {
            /// From the kernel's first byte.
            let offset: ByteCount
            let contents: Bytes
        }

        let header: ARM64Image
        let pieces: [Piece]

        init(_ request: LoadRequest, for architecture: AArch64) throws(PlanError) {
            let file = request.kernel.contents.bytes
            do throws(KernelImageError) {
                guard file.withSpan({ KernelFormat.detect($0) }) == .elf else {
                    header = try file.withSpan { (bytes) throws(KernelImageError) in try ARM64Image(bytes, loadedSize: file.count) }
                    pieces = [Piece(offset: .zero, contents: file)]
                    return
                }
                let target = ELFKernel.Target(
                    "an arm64", machines: [.elf64: architecture.machine.elfMachine], byteOrder: architecture.machine.byteOrder,
                    pageSize: architecture.pageSize, isPlacedByVirtualAddress: true)
                let image = try ELFKernel(file, for: target)
                pieces = image.pieces.map { Piece(offset: $0.offset, contents: $0.contents) }
                guard let first = pieces.first else { throw .empty }
                let end = pieces.map { $0.offset.rawValue + UInt64($0.contents.count) }.max() ?? 0
                header = try first.contents.withSpan { (bytes) throws(KernelImageError) in
                    try ARM64Image(bytes, loadedSize: Int(clamping: end))
                }
            } catch {
                throw .kernel(request.kernel.name, error)
            }
        }
    }
}

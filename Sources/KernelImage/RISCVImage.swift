import BinaryLayout
import ByteStorage
import PhysicalMemory

/// The header that a riscv kernel begins with, as a raw Image or within an ELF file
/// (Documentation/arch/riscv/boot-image-header.rst). Kernels since Linux 5.4 have this magic, in its version 0.2.
public struct RISCVImage: ImageHeader {
    private static let format = ImageFields.Format("a riscv", magic: Array("RSC".utf8) + [0x05])

    /// None: text_offset is that of boot loaders which know where RAM begins, and firmware lies there. The kernel runs at any multiple
    /// of 2 MiB (Documentation/arch/riscv/boot.rst).
    public var textOffset: ByteCount { .zero }
    /// image_size.
    public let memorySize: ByteCount
    /// flags, bit 0.
    public let isBigEndian: Bool

    /// - Parameter loadedSize: the bytes of the whole kernel
    public init(_ bytes: borrowing Span<UInt8>, loadedSize: Int) throws(KernelImageError) {
        let fields = try ImageFields(bytes, of: Self.format)
        memorySize = try fields.memorySize(atLeast: loadedSize)
        isBigEndian = fields.isBigEndian
    }
}

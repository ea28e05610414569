import BinaryLayout
import ByteStorage
import PhysicalMemory

/// The header that an arm64 kernel begins with, as a raw Image or within an ELF file
/// (Documentation/arch/arm64/booting.rst).
public struct ARM64Image: ImageHeader {
    private static let format = ImageFields.Format("an arm64", magic: Array("ARM".utf8) + [0x64])
    /// The offset of kernels before 3.17, whose image_size is 0.
    private static let oldTextOffset: UInt64 = 0x80000

    /// text_offset, whole pages below 2 MiB.
    public let textOffset: ByteCount
    /// image_size, or what a kernel may need that does not tell.
    public let memorySize: ByteCount
    /// flags, bit 0.
    public let isBigEndian: Bool
    /// flags, bit 3: memory below its base is of use to it, too, so the base need not be low.
    public let mayLieAnywhere: Bool
    /// flags, bits 1 and 2: the size of its pages; nil where it is not given.
    public let pageSize: ByteCount?

    /// - Parameter loadedSize: the bytes of the whole kernel
    public init(_ bytes: borrowing Span<UInt8>, loadedSize: Int) throws(KernelImageError) {
        let fields = try ImageFields(bytes, of: Self.format)
        isBigEndian = fields.isBigEndian
        mayLieAnywhere = fields.flags & 8 != 0
        pageSize = [nil, .kibibytes(4), .kibibytes(16), .kibibytes(64)][Int(fields.flags >> 1 & 3)]
        guard fields.imageSize != 0 else {
            // Such a kernel says nothing of its zeroed data and first page tables; as much as it has itself is more than any of them took.
            textOffset = ByteCount(Self.oldTextOffset)
            memorySize = ByteCount(2 * UInt64(loadedSize))
            return
        }
        memorySize = try fields.memorySize(atLeast: loadedSize)
        guard fields.textOffset < Self.baseAlignment.rawValue, ByteCount(fields.textOffset).isAligned(to: .page) else {
            throw .field("text_offset", fields.textOffset, at: ImageFields.textOffsetPlace, allowed: "must be whole pages below 2 MiB")
        }
        textOffset = ByteCount(fields.textOffset)
    }
}

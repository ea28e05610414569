import BinaryLayout
import ByteStorage
import PhysicalMemory

/// The header that an arm64 kernel begins with, as a raw Image or within an ELF file
/// (Documentation/arch/arm64/booting.rst).
public struct ARM64Image: Sendable {
    /// A kernel lies this many bytes, `textOffset` added, behind a multiple of them.
    public static let baseAlignment = ByteCount.mebibytes(2)
    private static let magic: [UInt8] = Array("ARM".utf8) + [0x64]
    private static let magicOffset = 0x38
    private static let headerSize = 64
    /// The offset of kernels before 3.17, whose image_size is 0.
    private static let oldTextOffset: UInt64 = 0x80000
    /// The most memory that a kernel may claim, far above any.
    private static let memoryLimit: UInt64 = 1 << 32

    private static let textOffsetField = IntegerField<UInt64>("text_offset", at: 0x08)
    private static let imageSize = IntegerField<UInt64>("image_size", at: 0x10)
    private static let flags = IntegerField<UInt64>("flags", at: 0x18)

    /// Where the kernel lies behind a base that is a multiple of 2 MiB.
    public let textOffset: ByteCount
    /// What it needs from there on, its zeroed data included.
    public let memorySize: ByteCount
    /// flags, bit 0: the kernel runs big-endian.
    public let isBigEndian: Bool
    /// flags, bit 3: memory below its base is of use to it, too, so the base need not be low.
    public let mayLieAnywhere: Bool
    /// flags, bits 1 and 2: the size of its pages; nil where it is not given.
    public let pageSize: ByteCount?

    /// Reads the header at the start of a kernel. Throws where it is another format or claims the impossible.
    /// - Parameter loadedSize: the bytes of the whole kernel
    public init(_ bytes: borrowing Span<UInt8>, loadedSize: Int) throws(KernelImageError) {
        guard bytes.matches(Self.magic, at: Self.magicOffset) else { throw .notARM64(KernelFormat.detect(bytes)) }
        let offset: UInt64
        let size: UInt64
        let flags: UInt64
        do throws(TruncatedBytes) {
            offset = try bytes.read(Self.textOffsetField)
            size = try bytes.read(Self.imageSize)
            flags = try bytes.read(Self.flags)
        } catch {
            throw .truncated(error)
        }
        isBigEndian = flags & 1 != 0
        mayLieAnywhere = flags & 8 != 0
        pageSize = [nil, .kibibytes(4), .kibibytes(16), .kibibytes(64)][Int(flags >> 1 & 3)]
        guard size != 0 else {
            // Such a kernel says nothing of its zeroed data and first page tables; as much as it has itself is more than any of them took.
            textOffset = ByteCount(Self.oldTextOffset)
            memorySize = ByteCount(2 * UInt64(loadedSize))
            return
        }
        guard size <= Self.memoryLimit, size >= UInt64(loadedSize) else {
            throw .field(
                "image_size", size, at: Self.imageSize.offset,
                allowed: "must lie between the kernel's \(loadedSize) bytes and \(Self.memoryLimit)")
        }
        guard offset < Self.baseAlignment.rawValue, ByteCount(offset).isAligned(to: .page) else {
            throw .field("text_offset", offset, at: Self.textOffsetField.offset, allowed: "must be whole pages below 2 MiB")
        }
        textOffset = ByteCount(offset)
        memorySize = ByteCount(size)
    }
}

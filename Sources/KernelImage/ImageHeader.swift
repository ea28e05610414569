import BinaryLayout
import ByteStorage
import PhysicalMemory

/// What a kernel says of itself in its first 64 bytes, where those are an Image's: arm64's, and riscv's, which was made after it.
public protocol ImageHeader: Sendable {
    /// Where the kernel lies behind a base that is a multiple of 2 MiB.
    var textOffset: ByteCount { get }
    /// What it needs from there on, its zeroed data included.
    var memorySize: ByteCount { get }
    /// flags, bit 0: the kernel runs big-endian.
    var isBigEndian: Bool { get }

    /// Reads the header at the start of a kernel. Throws where it is another format or claims the impossible.
    /// - Parameter loadedSize: the bytes of the whole kernel
    init(_ bytes: borrowing Span<UInt8>, loadedSize: Int) throws(KernelImageError)
}

extension ImageHeader {
    /// A kernel lies `textOffset` behind a multiple of this.
    public static var baseAlignment: ByteCount { .mebibytes(2) }
}

/// The fields that both have, at the same places.
struct ImageFields {
    /// Whose Image it is.
    struct Format {
        /// With its article, for messages.
        let name: String
        let magic: [UInt8]

        init(_ name: String, magic: [UInt8]) {
            self.name = name
            self.magic = magic
        }
    }

    static let magicPlace = 0x38
    static var textOffsetPlace: Int { textOffsetField.offset }
    /// The most memory that a kernel may claim, far above any.
    private static let memoryLimit: UInt64 = 1 << 32

    private static let textOffsetField = IntegerField<UInt64>("text_offset", at: 0x08)
    private static let imageSizeField = IntegerField<UInt64>("image_size", at: 0x10)
    private static let flagsField = IntegerField<UInt64>("flags", at: 0x18)

    let textOffset: UInt64
    let imageSize: UInt64
    let flags: UInt64

    var isBigEndian: Bool { flags & 1 != 0 }

    init(_ bytes: borrowing Span<UInt8>, of format: Format) throws(KernelImageError) {
        guard bytes.matches(format.magic, at: Self.magicPlace) else { throw .notImage(of: format.name, KernelFormat.detect(bytes)) }
        do throws(TruncatedBytes) {
            textOffset = try bytes.read(Self.textOffsetField)
            imageSize = try bytes.read(Self.imageSizeField)
            flags = try bytes.read(Self.flagsField)
        } catch {
            throw .truncated(error)
        }
    }

    /// image_size, where it can be.
    func memorySize(atLeast loadedSize: Int) throws(KernelImageError) -> ByteCount {
        guard imageSize <= Self.memoryLimit, imageSize >= UInt64(loadedSize) else {
            throw .field(
                "image_size", imageSize, at: Self.imageSizeField.offset,
                allowed: "must lie between the kernel's \(loadedSize) bytes and \(Self.memoryLimit)")
        }
        return ByteCount(imageSize)
    }
}

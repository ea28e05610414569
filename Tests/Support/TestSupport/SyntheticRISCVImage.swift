/// A riscv kernel as Documentation/arch/riscv/boot-image-header.rst draws its header, and noise behind it.
public struct SyntheticRISCVImage: Sendable {
    public var size = 300_000
    public var textOffset: UInt64 = 0x20_0000
    public var imageSize: UInt64 = 0x8_0000
    /// Little-endian.
    public var flags: UInt64 = 0

    public init() {}

    public var bytes: [UInt8] {
        var generator = SeededGenerator(seed: 243)
        var image = generator.bytes(size)
        image.putLittleEndian(textOffset, at: 8, width: 8)
        image.putLittleEndian(imageSize, at: 16, width: 8)
        image.putLittleEndian(flags, at: 24, width: 8)
        // Version 0.2.
        image.putLittleEndian(2, at: 32, width: 4)
        image.replaceSubrange(48..<60, with: Array("RISCV\0\0\0RSC\u{5}".utf8))
        return image
    }
}

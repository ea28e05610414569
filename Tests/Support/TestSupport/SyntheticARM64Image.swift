/// An arm64 kernel as Documentation/arch/arm64/booting.rst draws its header, and noise behind it.
public struct SyntheticARM64Image: Sendable {
    public var size = 300_000
    public var textOffset: UInt64 = 0
    public var imageSize: UInt64 = 0x8_0000
    /// Little-endian, pages of 4 KiB, to be placed anywhere.
    public var flags: UInt64 = 0xa

    public init() {}

    public var bytes: [UInt8] {
        var generator = SeededGenerator(seed: 183)
        var image = generator.bytes(size)
        image.putLittleEndian(textOffset, at: 8, width: 8)
        image.putLittleEndian(imageSize, at: 16, width: 8)
        image.putLittleEndian(flags, at: 24, width: 8)
        image.replaceSubrange(56..<60, with: [0x41, 0x52, 0x4d, 0x64])
        return image
    }

    /// Its bytes as the payload of an EFI zboot image (drivers/firmware/efi/libstub/zboot-header.S), compressed by the caller.
    public static func zboot(payload: [UInt8], compression: String) -> [UInt8] {
        var file = [UInt8](repeating: 0, count: 512)
        file.replaceSubrange(0..<8, with: Array("MZ\0\0zimg".utf8))
        file.putLittleEndian(512, at: 8, width: 4)
        file.putLittleEndian(UInt64(payload.count), at: 12, width: 4)
        let name = Array(compression.utf8)
        file.replaceSubrange(24..<24 + name.count, with: name)
        return file + payload
    }
}

/// A bzImage made of the fields that a test names. The offsets are those of the kernel's
/// Documentation/arch/x86/boot.rst, written down here a second time on purpose.
public struct SyntheticBzImage: Sendable {
    public var setupSects: UInt8 = 1
    /// In paragraphs of 16 bytes; nil for what the protected-mode part has.
    public var syssize: UInt32?
    /// From 0x202 to the header's end.
    public var jump: UInt8 = 0x6a
    public var version: UInt16 = 0x020f
    public var initrdAddrMax: UInt32 = 0x7fff_ffff
    public var kernelAlignment: UInt32 = 0x20_0000
    public var relocatable: UInt8 = 1
    /// Bits 0 (64-bit entry), 1 (above 4 GiB), 4 (EFI kexec) and the others a distribution sets.
    public var xloadflags: UInt16 = 0x7f
    public var cmdlineSize: UInt32 = 2047
    public var prefAddress: UInt64 = 0x100_0000
    public var initSize: UInt32 = 0x10_0000
    public var protectedMode: [UInt8]

    public init(protectedMode: [UInt8]) { self.protectedMode = protectedMode }

    /// A small one: 4 KiB of protected-mode code, 1 MiB in memory.
    public static func small(seed: UInt64 = 1) -> SyntheticBzImage {
        var generator = SeededGenerator(seed: seed)
        return SyntheticBzImage(protectedMode: generator.bytes(4096))
    }

    /// One with the sizes of the kernel that the fixtures' captures were made with.
    public static let captured: SyntheticBzImage = {
        var generator = SeededGenerator(seed: 612)
        let block = generator.bytes(1 << 16)
        let size = 11_687_872
        var code: [UInt8] = []
        code.reserveCapacity(size + block.count)
        while code.count < size { code += block }
        code.removeLast(code.count - size)
        var image = SyntheticBzImage(protectedMode: code)
        image.setupSects = 39
        image.syssize = 0xb2520
        image.initSize = 58_576_896
        return image
    }()

    /// Where the protected-mode part begins in the file.
    public var protectedModeStart: Int { (Int(setupSects == 0 ? 4 : setupSects) + 1) * 512 }

    public var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: protectedModeStart)
        bytes.replaceSubrange(0..<2, with: [0x4d, 0x5a])  // MZ: it is an EFI program, too
        bytes[0x1f1] = setupSects
        bytes.putLittleEndian(UInt64(syssize ?? UInt32(protectedMode.count / 16)), at: 0x1f4, width: 4)
        bytes.replaceSubrange(0x1fe..<0x200, with: [0x55, 0xaa])
        bytes.replaceSubrange(0x200..<0x202, with: [0xeb, jump])
        bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
        bytes.putLittleEndian(UInt64(version), at: 0x206, width: 2)
        bytes[0x211] = 1
        bytes.putLittleEndian(UInt64(initrdAddrMax), at: 0x22c, width: 4)
        bytes.putLittleEndian(UInt64(kernelAlignment), at: 0x230, width: 4)
        bytes[0x234] = relocatable
        bytes.putLittleEndian(UInt64(xloadflags), at: 0x236, width: 2)
        bytes.putLittleEndian(UInt64(cmdlineSize), at: 0x238, width: 4)
        bytes.putLittleEndian(prefAddress, at: 0x258, width: 8)
        bytes.putLittleEndian(UInt64(initSize), at: 0x260, width: 4)
        return bytes + protectedMode
    }
}

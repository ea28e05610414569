import ByteStorage
import KernelImage
import TestSupport

extension FuzzTarget {
    /// A bzImage by its setup header, entered in each way.
    static let bzImage = FuzzTarget(name: "bzimage") {
        var old = SyntheticBzImage(protectedMode: [UInt8](repeating: 0x90, count: 256))
        let new = old.bytes
        old.version = 0x020a
        old.relocatable = 0
        old.xloadflags = 0
        return [new, old.bytes]
    } read: { bytes in
        let file = Bytes(bytes)
        _ = BzImage.bestEntry(of: file)
        for type in ImageType.allCases { attempt { try type.check(KernelFile(file)) } }
        for entry in [KernelEntry.bits64, .bits32, .realMode] {
            attempt {
                let image = try BzImage(file, entry: entry)
                promise(image.realMode.count + image.protectedMode.count == bytes.count, "a bzImage is its two parts")
                promise(image.memorySize.rawValue >= UInt64(image.protectedMode.count), "the kernel fits its memory")
            }
        }
    }
}

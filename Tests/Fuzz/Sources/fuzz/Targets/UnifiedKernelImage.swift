import ByteStorage
import KernelImage
import TestSupport

extension FuzzTarget {
    /// The sections of a PE file, as those of a unified kernel image.
    static let uki = FuzzTarget(name: "uki") {
        var image = SyntheticPE.unified(linux: Array("kernel".utf8), initrd: Array("initrd".utf8))
        let plain = image.bytes
        image.sections += [.init(".dtb", [1]), .init(".ucode", [1]), .init(".linux", [])]
        return [plain, image.bytes, SyntheticPE([]).bytes]
    } read: { bytes in
        attempt {
            let image = try UnifiedKernelImage(Bytes(bytes))
            promise(image.name.map(isLine) ?? true, "a name is one line")
            promise(image.commandLine.map { !$0.contains(0) } ?? true, "a command line has no NUL")
        }
    }
}

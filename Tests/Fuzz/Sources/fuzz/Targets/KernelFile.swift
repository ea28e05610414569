import ByteStorage
import KernelImage
import TestSupport

extension FuzzTarget {
    /// Any file as a kernel, the way the command opens one: out of its wrapper, out of a unified kernel image, by its kind.
    static let kernelFile = FuzzTarget(name: "kernelfile") {
        let linux = SyntheticBzImage(protectedMode: [UInt8](repeating: 0x90, count: 256)).bytes
        let elf = SyntheticELFKernel([.init(at: 0x100_0000, Array("a kernel's text and data".utf8), memorySize: 0x1000)]).bytes
        let unified = SyntheticPE.unified(linux: try Tool.gzip.output(["-9n"], input: linux), initrd: Array("initrd".utf8)).bytes
        return [
            linux, elf, unified, SyntheticMultiboot(version: 2).bytes,
            try Tool.gzip.output(["-9n"], input: linux), try Tool.xz.output(["--check=none"], input: elf),
            try Tool.xz.output(["--format=lzma"], input: unified),
            SyntheticARM64Image.zboot(payload: try Tool.gzip.output(["-9n"], input: linux), compression: "gzip"),
        ]
    } read: { bytes in
        attempt {
            let file = try OpenedKernel(Bytes(bytes)).kernel
            for type in ImageType.allCases { attempt { try type.check(file) } }
            let kernel = file.bytes
            attempt { _ = try BzImage(kernel, entry: BzImage.bestEntry(of: kernel)) }
            attempt { _ = try ELFKernel(kernel, for: .x86) }
            if let version = MultibootImage.version(of: kernel) { attempt { _ = try MultibootImage(kernel, version: version) } }
        }
    }
}

/// A kernel, and the unified kernel image that it was in.
struct OpenedKernel {
    let kernel: KernelFile
    let unified: UnifiedKernelImage?

    init(_ file: Bytes) throws(KernelImageError) {
        let outer = try KernelFile(file)
        guard outer.bytes.withSpan({ KernelFormat.detect($0) }) == .portableExecutable else {
            (kernel, unified) = (outer, nil)
            return
        }
        let image = try UnifiedKernelImage(outer.bytes)
        (kernel, unified) = (try KernelFile(image.linux), image)
    }
}

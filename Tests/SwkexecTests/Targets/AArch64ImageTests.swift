import TestSupport
import Testing

/// The wrappers that arm64 kernels come in, from the file to the segments.
struct AArch64ImageTests {
    private let bench: Bench
    private let image = SyntheticARM64Image().bytes

    init() throws { bench = try Bench(.aarch64) }

    private func unified(_ linux: [UInt8]) throws -> String {
        var file = SyntheticPE.unified(linux: linux, commandLine: "quiet nr_cpus=1\n")
        file.machine = 0xaa64
        return try bench.file(file.bytes)
    }

    /// Kernel, initrd and command line are the image's own.
    @Test(.enabled(if: Tool.gzip.isAvailable), arguments: [false, true]) func unifiedKernelImage(withZboot: Bool) throws {
        let linux =
            withZboot
            ? SyntheticARM64Image.zboot(payload: try Tool.gzip.output(["-9"], input: image), compression: "gzip") : image
        let (json, segments) = try bench.plan([], kernel: unified(linux))
        #expect(segments["kernel"] == image)
        #expect(segments["initrd"] == Array("070701 the image's own".utf8))
        #expect(json["commandLine"] as? String == "quiet nr_cpus=1")
    }

    @Test func whatTheUserGivesWins() throws {
        let (json, segments) = try bench.plan(["--append=panic=-1", "--initrd=\(bench.initrd)"], kernel: unified(image))
        #expect(segments["initrd"] == Array("070701 not much of an archive".utf8))
        #expect(json["commandLine"] as? String == "panic=-1")
        #expect((json["warnings"] as? [String])?.count == 2)
    }

    @Test(.enabled(if: Tool.gzip.isAvailable && Tool.xz.isAvailable), arguments: ["gzip", "xz", "lzma"])
    func compressed(_ format: String) throws {
        let packed =
            format == "gzip"
            ? try Tool.gzip.output(["-9"], input: image) : try Tool.xz.output(["-c", "--format=\(format)"], input: image)
        #expect(try bench.plan([], kernel: bench.file(packed)).segments["kernel"] == image)
    }

    // MARK: - Refused: one line, exit status 1, nothing printed

    private func expectComplaint(_ kernel: [UInt8], _ words: String, _ arguments: [String] = []) throws {
        let result = try bench.run(arguments, kernel: bench.file(kernel, "bad"))
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.complaint?.contains(words) == true, "\(words): \(result.errors)")
    }

    @Test func headersThatLie() throws {
        func changed(_ change: (inout SyntheticARM64Image) -> Void) -> [UInt8] {
            var image = SyntheticARM64Image()
            change(&image)
            return image.bytes
        }
        try expectComplaint(changed { $0.imageSize = 299_999 }, "image_size")
        try expectComplaint(changed { $0.imageSize = 1 << 32 | 1 }, "image_size")
        try expectComplaint(changed { $0.imageSize = .max }, "image_size")
        try expectComplaint(changed { $0.imageSize = 1 << 32 }, "segment kernel of 4096 MiB")
        try expectComplaint(changed { $0.textOffset = 0x20_0000 }, "text_offset")
        try expectComplaint(changed { $0.textOffset = 0x8_0001 }, "text_offset")
        try expectComplaint(changed { $0.textOffset = .max }, "text_offset")
        try expectComplaint(changed { $0.flags = 0xb }, "big-endian")
    }

    /// Cut within its header it is no Image any more; behind that the header tells more than there is, which is memory to be zeroed.
    @Test func cut() throws {
        for length in [0, 1, 56, 59] {
            try expectComplaint(Array(image[..<length]), length == 0 ? "the file is empty" : "not an arm64 kernel")
        }
        #expect(try bench.plan([], kernel: bench.file(Array(image[..<60]))).segments["kernel"]?.count == 60)
    }

    @Test(.enabled(if: Tool.gzip.isAvailable)) func wrappersThatLie() throws {
        let packed = try Tool.gzip.output(["-9"], input: image)
        let zboot = SyntheticARM64Image.zboot(payload: packed, compression: "gzip")
        try expectComplaint(packed.dropLast(100), "gzip stream ends too early")
        try expectComplaint(zboot.dropLast(100), "payload")
        try expectComplaint(Array(zboot[..<12]), "truncated")
        for (offset, value) in [(8, 0xffff_ffff), (12, 0xffff_ffff), (8, UInt64(zboot.count)), (8, 0)] {
            var lying = zboot
            lying.putLittleEndian(value, at: offset, width: 4)
            try expectComplaint(lying, "payload")
        }
        try expectComplaint(SyntheticARM64Image.zboot(payload: zboot, compression: "gzip"), "gzip, xz, lzma or zstd data")
    }

    @Test func otherFiles() throws {
        try expectComplaint([0x27, 0x05, 0x19, 0x56] + [UInt8](repeating: 0, count: 100), "U-Boot uImage: only U-Boot reads its header")
        try expectComplaint(SyntheticBzImage.small().bytes, "not an arm64 kernel")
        try expectComplaint(SyntheticELFKernel.small().bytes, "e_machine")
        try expectComplaint(SyntheticPE([.init(".text", [1])]).bytes, ".linux")
        try expectComplaint(SyntheticPE([.init(".linux", Array("hello".utf8))]).bytes, "not an arm64 kernel")
        try expectComplaint(Array("070701".utf8), "a cpio archive")
    }

    @Test func elfFilesThatLie() throws {
        var load = SyntheticELFKernel.Load(at: 0, image)
        load.virtual = 0xffff_8000_8000_0000
        load.physical = 0xffff_8000_8000_0000
        load.memorySize = 0x8_0000
        var kernel = SyntheticELFKernel([load])
        kernel.machine = 183
        kernel.entry = 0xffff_8000_8000_0000
        let good = kernel.bytes
        #expect(try bench.plan([], kernel: bench.file(good)).segments["kernel"] == image)
        for length in [20, 63, 64, 100, good.count - 1] { try expectComplaint(Array(good[..<length]), "truncated ELF file") }
        kernel.loads[0].contents = [UInt8](repeating: 1, count: 1000)
        try expectComplaint(kernel.bytes, "not an arm64 kernel")
        kernel.loads[0].contents = image
        kernel.loads[0].memorySize = 1 << 60
        try expectComplaint(kernel.bytes, "p_memsz")
    }

    @Test func initrds() throws {
        let huge = bench.folder.file("huge").string
        _ = try Tool("truncate").output(["-s", "600M", huge])
        try expectComplaint(image, "No such file", ["--initrd=/nonexistent/initrd"])
        try expectComplaint(image, "the initrd is empty", ["--initrd=\(bench.file([], "empty"))"])
        try expectComplaint(image, "segment initrd of 600 MiB", ["--initrd=\(huge)"])
    }
}

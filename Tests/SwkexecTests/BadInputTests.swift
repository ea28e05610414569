import TestSupport
import Testing

/// Files and machines that cannot be planned for: one clear line, exit status 1, nothing printed.
struct BadInputTests {
    private func expectComplaint(_ result: Command.Result, _ parts: [String]) throws {
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        let complaint = try #require(result.complaint, "\(result.errors)")
        for part in parts { #expect(complaint.contains(part), "\(complaint)") }
    }

    // MARK: - Files

    @Test func kernels() throws {
        let bench = try Bench()
        let folder = bench.folder
        let good = SyntheticBzImage.small().bytes
        #if Zstd
        let zstd = "the zstd stream ends too early"
        #else
        let zstd = "zstd compression is not supported by this build, which lacks the package trait Zstd"
        #endif
        let cases: [(String, [UInt8], String)] = [
            ("empty", [], "the file is empty"),
            ("text", Array("hello\n".utf8), "unknown format"),
            ("elf", [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], "truncated ELF file"),
            ("cut", Array(good.prefix(0x220)), "truncated bzImage"),
            ("no-code", Array(good.prefix(1024)), "protected-mode kernel"),
            ("cut-code", Array(good.dropLast(100)), "syssize"),
            ("cut-gzip", Array(try Tool.gzip.output(["-c"], input: good).dropLast(50)), "gzip stream ends too early"),
            ("zstd", [0x28, 0xb5, 0x2f, 0xfd] + [UInt8](repeating: 0, count: 100), zstd),
        ]
        for (name, bytes, expected) in cases {
            let path = try folder.write(bytes, to: name).string
            try expectComplaint(try bench.run([], kernel: path), [path, expected])
        }
        try expectComplaint(try bench.run([], kernel: "/nonexistent/vmlinuz"), ["/nonexistent/vmlinuz", "No such file"])
        try expectComplaint(try bench.run([], kernel: folder.path.string), ["is a directory"])
    }

    @Test func controlCharactersInAName() throws {
        let complaint = try #require(try Bench().run([], kernel: "/nonexistent/\u{1b}[2J\u{9b}").complaint)
        #expect(complaint.contains(#"/nonexistent/\u{1b}[2J\u{9b}"#))
    }

    @Test(arguments: ["gzip", "xz", "lzma"])
    func wrappedKernelsAreTakenOut(_ format: String) throws {
        let bench = try Bench()
        let image = SyntheticBzImage.small().bytes
        let wrapped =
            format == "gzip" ? try Tool.gzip.output(["-c"], input: image) : try Tool.xz.output(["-c", "--format=\(format)"], input: image)
        let path = try bench.folder.write(wrapped, to: "vmlinuz.\(format)").string
        let seed = "--rng-seed=\(String(repeating: "0", count: 64))"
        let plain = try bench.run(["--format=json", seed])
        #expect(try bench.run(["--format=json", seed], kernel: path).output == plain.output)
        #expect(plain.status == 0)
    }

    @Test func initrds() throws {
        let bench = try Bench()
        let empty = try bench.folder.write([], to: "empty").string
        let elf = try bench.folder.write([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], to: "elf").string
        let huge = bench.folder.file("huge").string
        _ = try Tool("truncate").output(["-s", "300M", huge])
        try expectComplaint(try bench.run(["--initrd=/nonexistent/initrd"]), ["/nonexistent/initrd", "No such file"])
        try expectComplaint(try bench.run(["--initrd=\(bench.folder.path.string)"]), ["is a directory"])
        try expectComplaint(try bench.run(["--initrd=\(empty)"]), ["the initrd is empty"])
        try expectComplaint(try bench.run(["--initrd=\(elf)"]), ["segment initrd", "ELF magic"])
        try expectComplaint(try bench.run(["--initrd=\(huge)"]), ["segment initrd of 300 MiB", "missing", "crashkernel="])
    }

    /// The size that the message names is indeed enough, and one MiB less is not.
    @Test func theSuggestedRegionHoldsTheSegments() throws {
        let bench = try Bench()
        let huge = bench.folder.file("huge").string
        _ = try Tool("truncate").output(["-s", "300M", huge])
        let complaint = try #require(try bench.run(["--initrd=\(huge)"]).complaint)
        let match = try #require(complaint.firstMatch(of: /crashkernel=(\d+)M/))
        let mebibytes = try #require(UInt64(match.1))
        for (size, fits) in [(mebibytes, true), (mebibytes - 1, false)] {
            let machine = SyntheticSysroot.withCrashRegion(0x6e00_0000, 0x6e00_0000 + size << 20 - 1, ram: 0xffff_ffff)
            let root = try machine.write()
            let other = try Bench(root.path)
            #expect(try (other.run(["--initrd=\(huge)"]).status == 0) == fits, "\(size) MiB")
        }
    }

    @Test func commandLineOverTheKernelsLimit() throws {
        let bench = try Bench()
        // 2047 bytes are allowed; " elfcorehdr=0x7dffc000" takes 22 of them.
        #expect(try bench.run(["--append=\(String(repeating: "x", count: 2025))"]).status == 0)
        try expectComplaint(
            try bench.run(["--append=\(String(repeating: "x", count: 2026))"]), ["2048 bytes", "takes 2047"])
    }

    // MARK: - Machines

    @Test func machines() throws {
        let cases: [(String, (inout SyntheticSysroot) -> Void, [String])] = [
            ("no crash region", { $0.iomem.removeAll { $0.name == "Crash kernel" } }, ["no memory is reserved", "crashkernel="]),
            ("zeroed", { $0.iomem = $0.iomem.map { .init(0, 0, $0.name, level: $0.level) } }, ["proc/iomem", "root"]),
            ("no iomem", { $0.files["proc/iomem"] = .some(nil) }, ["proc/iomem", "missing"]),
            ("garbled iomem", { $0.files["proc/iomem"] = "00100000-7fffffff : System RAM\nwhat?\n" }, ["line 2", "what?"]),
            ("region outside RAM", { $0.iomem.append(.init(0x1_0000_0000, 0x1_0fff_ffff, "Crash kernel")) }, ["outside System RAM"]),
            ("no vmcoreinfo", { $0.vmcoreinfo = nil }, ["sys/kernel/vmcoreinfo"]),
            ("garbled vmcoreinfo", { $0.vmcoreinfo = "0x1000\n" }, ["sys/kernel/vmcoreinfo", "line 1"]),
            ("no kcore", { $0.core = nil }, ["proc/kcore"]),
            (
                "no CPUs",
                {
                    $0.cpus = []
                    $0.possibleCPUs = "0"
                }, ["cpu/possible"]
            ),
            ("garbled CPUs", { $0.possibleCPUs = "0-" }, ["cpu/possible", "'0-'"]),
            ("boot_params of wrong size", { $0.bootParameters = [1, 2, 3] }, ["boot_params/data", "3 bytes"]),
            ("little RAM", { $0.memTotalKiB = 512 }, ["half of"]),
        ]
        for (name, change, parts) in cases {
            var machine = SyntheticSysroot()
            change(&machine)
            let root = try machine.write()
            let result = try Bench(root.path).run([])
            #expect(result.status == 1, "\(name)")
            let complaint = try #require(result.complaint, "\(name): \(result.errors)")
            for part in parts { #expect(complaint.contains(part), "\(name): \(complaint)") }
        }
    }

    @Test func hotplugWithoutTheKernelsSupport() throws {
        var machine = SyntheticSysroot()
        machine.elfcorehdrCapacity = nil
        machine.release = "6.1.0-40-cloud-amd64"
        let root = try machine.write()
        let bench = try Bench(root.path)
        try expectComplaint(try bench.run(["--hotplug"]), ["--hotplug", "Linux 6.1", "sys/kernel/crash_elfcorehdr_size is missing"])
        #expect(try bench.run([]).status == 0)
    }
}

import FirmwareAssistedDump
import Foundation
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// `swkexec fadump` as a user runs it.
struct FadumpCommandTests {
    private static let capture = FadumpFixture.plain.sysroot(.capture)

    private func file(_ name: String) -> String { FadumpFixture.plain.file(name).string }
    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// The words of a line that begins with these.
    private func line(_ beginning: String, in text: String) -> String? {
        text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }.first { $0.hasPrefix(beginning) }
    }

    // MARK: - status

    @Test func statusOfTheGuest() throws {
        let root = "--sysroot=\(FadumpFixture.plain.sysroot(.first).string)"
        let table = try Command.run(["fadump", "status", root])
        #expect(table.status == 0)
        for line in [
            "supported yes", "enabled yes", "registered yes", "hotplug ready yes", "reserved 536875440 bytes", "dump active no",
            "extra arguments panic=1 swk-appended", "CPU state 0x20000000-0x200009ff, 0xa00 bytes",
            "boot memory 0x0-0x1fffffff, 0x20000000 bytes to 0x20001000",
            "the firmware would save the memory",
        ] { #expect(self.line(line, in: table.output) != nil, "\(line) in \(table.output)") }
        let json = try object(try Command.run(["fadump", "status", root, "--format=json"]).output)
        #expect(
            Set(json.keys) == [
                "schemaVersion", "supported", "enabled", "registered", "hotplugReady", "reservedBytes", "dumpActive", "extraArguments",
                "regions",
                "captured", "atCrash", "unreadable",
            ])
        for key in ["supported", "enabled", "registered", "hotplugReady", "captured"] { #expect(json[key] as? Bool == true, "\(key)") }
        #expect(json["dumpActive"] as? Bool == false)
        #expect(json["reservedBytes"] as? Int == 536_875_440)
        #expect(
            (json["regions"] as? [[String: Any]])?.compactMap { $0["kind"] as? String } == [
                "cpu-state", "hash-page-table", "boot-memory", "parameters",
            ])
    }

    @Test func statusOfTheCaptureKernel() throws {
        let json = try object(try Command.run(["fadump", "status", "--format=json", "--sysroot=\(Self.capture.string)"]).output)
        #expect(json["registered"] as? Bool == false)
        #expect(json["dumpActive"] as? Bool == true)
        #expect(json["captured"] as? Bool == false)
        let regions = try #require(json["regions"] as? [[String: Any]])
        #expect(regions.last?["kind"] as? String == "reserved-from")
        #expect(regions.first?["dumped"] as? Int == 0xa00)
    }

    /// What bootargs_append reads after a release is anybody's memory.
    @Test func statusAfterARelease() throws {
        let folder = try FadumpFixture.plain.copy(.capture)
        try folder.write(FadumpFixture.plain.bytes(.first, FadumpRegions.name), to: FadumpRegions.name)
        let arguments = ["fadump", "status", "--sysroot=\(folder.path.string)"]
        #expect(
            line("extra arguments", in: try Command.run(arguments).output)
                == "extra arguments unknown: the room for them was given back with the dump")
        let json = try object(try Command.run(arguments + ["--format=json"]).output)
        #expect(json["extraArguments"] is NSNull)
        #expect(json["dumpActive"] as? Bool == false)
        let outcome = RecordedCommand.run(
            ["fadump", "register"], root: folder.path,
            onWrite: { file, text in
                _ = try? folder.write(text + "\n", to: String(file.string.dropFirst(folder.path.string.count + 1)))
            })
        #expect(outcome.names == ["write registered 1"])
        #expect(outcome.failure == nil)
    }

    @Test func statusWhereThereIsNone() throws {
        let folder = try TemporaryFolder()
        let json = try object(try Command.run(["fadump", "status", "--format=json", "--sysroot=\(folder.path.string)"]).output)
        #expect(json["supported"] as? Bool == false)
        for key in ["enabled", "registered", "hotplugReady", "reservedBytes", "extraArguments", "regions", "captured"] {
            #expect(json[key] is NSNull, "\(key)")
        }
    }

    /// Garbled files are told of, and a line stays a line.
    @Test func statusOfGarbledFiles() throws {
        let folder = try FadumpFixture.plain.copy(.first)
        try folder.write("CPU :[oops\n", to: FadumpRegions.name)
        try folder.write("\u{1b}[2Jhello\n", to: "sys/kernel/fadump/bootargs_append")
        let arguments = ["fadump", "status", "--sysroot=\(folder.path.string)"]
        let table = try Command.run(arguments)
        #expect(table.status == 0)
        #expect(!table.output.utf8.contains(0x1b))
        #expect(line("regions unknown:", in: table.output)?.contains("CPU :[oops") == true)
        let json = try object(try Command.run(arguments + ["--format=json"]).output)
        #expect(json["regions"] is NSNull)
        #expect((json["unreadable"] as? [String])?.count == 1)
    }

    // MARK: - header

    private static let guestABI = ["--byte-order=little", "--pt-regs-size=384", "--cpu-mask-size=8"]

    @Test(arguments: [
        (guestABI, "processed:", Int32(0)), ([], "unknown: it depends on the capture kernel's byte order (--byte-order)", 3),
        (
            ["--byte-order=little"],
            "unknown: it depends on the capture kernel's size of pt_regs and size of cpumask (--pt-regs-size, --cpu-mask-size)", 3
        ),
        (["--byte-order=big"], "refused: endianness mismatch between the crashed and the capture kernel", 1),
        (["--byte-order=little", "--pt-regs-size=384", "--cpu-mask-size=256"], "refused: header size mismatch", 1),
        (["--byte-order=little", "--pt-regs-size=0x178"], "refused: header size mismatch", 1),
        // No byte order makes up for that.
        (["--pt-regs-size=0x178"], "refused: header size mismatch", 1),
    ])
    func headerOfTheGuest(_ options: [String], _ verdict: String, _ status: Int32) throws {
        let result = try Command.run(["fadump", "header", file("header-crashed.bin")] + options)
        #expect(result.status == status)
        #expect(result.errors.isEmpty)
        #expect(line(verdict, in: result.output) != nil, "\(result.output)")
        for line in [
            "version 1", "crashing_cpu 1", "vmcoreinfo_raddr 0x220c7000", "vmcoreinfo_size 0x1024", "pt_regs_sz 384", "cpu_mask_sz 8",
            "cpu_mask 0-1",
        ] {
            #expect(self.line(line, in: result.output) == line)
        }
    }

    @Test func headerAsJSON() throws {
        let json = try object(try Command.run(["fadump", "header", file("header-registered.bin"), "--format=json"] + Self.guestABI).output)
        #expect(
            Set(json.keys) == [
                "schemaVersion", "magic", "byteOrder", "version", "crashingCPU", "elfcorehdr", "vmcoreinfo", "ptRegsSize", "cpuMaskSize",
                "cpus", "size",
                "verdict", "warnings",
            ])
        #expect(json["magic"] as? String == "FADMPSIG")
        #expect(json["crashingCPU"] is NSNull)
        #expect(json["cpus"] as? [Int] == [0, 1])
        let verdict = try #require(json["verdict"] as? [String: Any])
        #expect(verdict["result"] as? String == "processed")
    }

    @Test func headerOfAnOlderKernel() throws {
        let folder = try TemporaryFolder()
        var bytes = Array("FADMPINF".utf8.reversed()) + [UInt8](repeating: 0, count: 16 + 392)
        bytes.putLittleEndian(0x4000_11a0, at: 8, width: 8)
        bytes.putLittleEndian(3, at: 16, width: 4)
        let path = try folder.write(bytes, to: "header").string
        let result = try Command.run(["fadump", "header", path] + Self.guestABI)
        #expect(result.status == 1)
        for line in ["elfcorehdr_addr 0x400011a0", "crashing_cpu 3", "refused: old magic number, cannot process the dump"] {
            #expect(self.line(line, in: result.output) == line)
        }
        let json = try object(try Command.run(["fadump", "header", path, "--format=json", "--byte-order=little"]).output)
        #expect(json["elfcorehdr"] as? String == "0x400011a0")
        #expect((json["verdict"] as? [String: Any])?["reason"] as? String == "old magic number, cannot process the dump")
    }

    @Test func anUnknownVersionIsAWarning() throws {
        let folder = try TemporaryFolder()
        var bytes = try FadumpFixture.plain.bytes("header-crashed.bin")
        bytes[8] = 2
        let path = try folder.write(bytes, to: "header").string
        let result = try Command.run(["fadump", "header", path] + Self.guestABI)
        #expect(result.status == 0)
        #expect(result.complaint?.contains("warning: \(path): version 2 is not known") == true, "\(result.errors)")
        #expect(line("processed:", in: result.output) != nil)
    }

    @Test func headersThatAreNone() throws {
        let folder = try TemporaryFolder()
        let good = try FadumpFixture.plain.bytes("header-crashed.bin")
        var inside = good
        inside.replaceSubrange(16..<40, with: [UInt8](repeating: 0, count: 16) + good[16..<24])
        inside.replaceSubrange(40..<48, with: good[24..<32])
        inside.replaceSubrange(48..<56, with: good[32..<40])
        let cases: [([UInt8], String)] = [
            ([], "truncated"), (Array(good.prefix(7)), "truncated"), (Array(good.prefix(39)), "truncated"),
            (Array(good.prefix(431)), "truncated"),
            ([UInt8](repeating: 0x41, count: 432), "header is corrupted"), (good.map { _ in 0 }, "header is corrupted"),
            (inside, "was proposed and never shipped"),
        ]
        for (bytes, expected) in cases {
            let path = try folder.write(bytes, to: "header").string
            let result = try Command.run(["fadump", "header", path] + Self.guestABI)
            #expect(result.status == 2)
            #expect(result.output.isEmpty)
            #expect(result.complaint?.hasPrefix("\(path): ") == true, "\(result.errors)")
            #expect(result.complaint?.contains(expected) == true, "\(result.errors)")
        }
        for path in ["/nonexistent/header", folder.path.string] {
            let result = try Command.run(["fadump", "header", path])
            #expect(result.status == 2)
            #expect(result.complaint?.contains(path) == true)
        }
    }

    // MARK: - elfcorehdr

    /// The files of a whole cycle, to be altered.
    private final class Cycle {
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            try folder.write(FadumpFixture.plain.bytes("header-crashed.bin"), to: "header")
            try folder.write(FadumpFixture.plain.bytes(.capture, FadumpRegions.name), to: "regions")
            try folder.write(FadumpFixture.plain.bytes(.capture, "proc/iomem"), to: "memory")
        }

        func run(_ options: [String] = []) throws -> Command.Result {
            let files = ["header", "regions", "memory"].map { "--\($0)=\(folder.file($0).string)" }
            return try Command.run(["fadump", "elfcorehdr", "--output=\(folder.file("output").string)"] + files + options)
        }

        var loads: [[UInt64]] {
            get throws {
                try #require(CoreProgramHeader.table(of: try folder.read("output"))).filter { $0.type == 1 }.map {
                    [$0.physicalAddress, $0.offset, $0.memorySize]
                }
            }
        }
    }

    private static let guestLoads: [[UInt64]] = [[0, 0x2000_1000, 0x2000_0000], [0x4000_11b0, 0x4000_11b0, 0x3fff_ee50]]

    @Test func elfcorehdrOfTheGuest() throws {
        let cycle = try Cycle()
        let result = try cycle.run()
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        #expect(try cycle.loads == Self.guestLoads)
        #expect(line("LOAD 0x20001000 0xc000000000000000 0x0 0x20000000", in: result.output) != nil, "\(result.output)")
        let json = try object(try cycle.run(["--format=json"]).output)
        #expect(Set(json.keys) == ["schemaVersion", "programHeaders", "reserved", "bytes"])
        #expect(json["bytes"] as? Int == (try cycle.folder.read("output").count))
        #expect((json["programHeaders"] as? [[String: Any]])?.count == 4)
    }

    /// The last of what other tools say about the file.
    @Test(.enabled(if: Tool.readelf.isAvailable)) func readelfAgrees() throws {
        let cycle = try Cycle()
        _ = try cycle.run()
        let path = cycle.folder.file("output").string
        let header = try Tool.readelf.text(["-hW", path])
        for part in ["CORE (Core file)", "PowerPC64", "0x2, abiv2", "little endian"] { #expect(header.contains(part), "\(header)") }
        let loads = try Tool.readelf.text(["-lW", path]).split(separator: "\n").map { $0.split(separator: " ") }.filter {
            $0.first == "LOAD"
        }
        #expect(loads.map { [$0[3], $0[1], $0[5]].compactMap { UInt64($0.dropFirst(2), radix: 16) } } == Self.guestLoads)
        #expect(loads.allSatisfy { $0.contains("RWE") })
    }

    /// Regions as status prints them, memory as a list: the same file.
    @Test func fromJSON() throws {
        let text = try Cycle()
        _ = try text.run()
        for memory in [
            #"[{"start": "0x0", "size": 2147483648}]"#, #"{"memory": [{"start": 0, "end": "0x7fffffff"}]}"#,
            #"[{"start": "0x40000000", "end": "0x7fffffff"}, {"start": 0, "size": "0x40000000"}]"#,
        ] {
            let cycle = try Cycle()
            let status = try Command.run(["fadump", "status", "--format=json", "--sysroot=\(Self.capture.string)"]).output
            try cycle.folder.write(status, to: "regions")
            try cycle.folder.write(memory, to: "memory")
            let result = try cycle.run()
            #expect(result.status == 0, "\(result.errors)")
            // Ranges that touch stay two, but here the second begins inside the reserved area.
            #expect(try cycle.folder.read("output") == text.folder.read("output"))
        }
    }

    /// What OPAL's machines need to be told.
    @Test func withTheReservedBytesTold() throws {
        let cycle = try Cycle()
        try cycle.folder.write(
            "DUMP: Src: 0x00000000000000, Dest: 0x00000020000000, Size: 0x20000000, Dumped: 0x20000000 bytes\n", to: "regions")
        #expect(try cycle.run().complaint?.contains("--mem-reserved is needed") == true)
        #expect(try cycle.run(["--mem-reserved=536936880"]).status == 0)
        #expect(try cycle.loads == [[0, 0x2000_0000, 0x2000_0000], [0x4001_01b0, 0x4001_01b0, 0x3ffe_fe50]])
    }

    @Test func badInput() throws {
        let header = try FadumpFixture.plain.bytes("header-crashed.bin")
        let regions = String(decoding: try FadumpFixture.plain.bytes(.capture, FadumpRegions.name), as: UTF8.self)
        let area = "CPU :[0x20000000-0x200009ff] 0xa00 bytes, Dumped: 0x0\n"
        func dump(_ source: String, _ destination: String, _ size: String) -> String {
            "DUMP: Src: \(source), Dest: \(destination), Size: \(size), Dumped: 0x0 bytes\n"
        }
        let cases: [(String, [UInt8], String)] = [
            ("header", [], "truncated"), ("header", Array(header.prefix(431)), "truncated"),
            ("header", Array(header.reversed()), "header is corrupted"),
            ("header", Array("FADMPINF".utf8.reversed()) + [UInt8](repeating: 0, count: 424), "old magic number"),
            ("header", Array("FADMPSIG".utf8) + [UInt8](repeating: 0, count: 424), "big-endian"),
            ("regions", [], "no boot memory is registered"), ("regions", Array((regions + "what?\n").utf8), "line 8: 'what?'"),
            ("regions", Array((area + dump("0x0", "0x20001000", "0x80000000")).utf8), "overlap"),
            ("regions", Array((area + dump("0x0", "0x70001000", "0x20000000")).utf8), "runs past the end of memory"),
            ("regions", Array((area + dump("0x80000000", "0x20001000", "0x20000000")).utf8), "runs past the end of memory"),
            ("regions", Array((area + dump("0x0", "0x20001000", "0xffffffffffffffff")).utf8), "no range of memory"),
            (
                "regions", Array((area + dump("0x0", "0x20001000", "0x10000000") + dump("0x8000000", "0x30001000", "0x10000000")).utf8),
                "overlap"
            ),
            ("regions", Array("[{\"kind\": \"boot-memory\"}]".utf8), "no 'source'"),
            ("regions", Array("[{\"kind\": \"cloud\"}]".utf8), "'cloud' is no kind"),
            ("regions", Array("{\"regions\": null}".utf8), "no list 'regions'"), ("regions", Array("[{".utf8), "line 1"),
            ("memory", [], "list of memory ranges"), ("memory", Array("7fffffff-00000000 : System RAM\n".utf8), "START at or below END"),
            ("memory", Array("00000000-7fffffff\n".utf8), "line 1"),
            ("memory", Array("00000000-1ffffffff : System RAM and more\n".utf8), "boot memory"),
            ("memory", Array("[{\"start\": \"0x1000\", \"end\": \"0xfff\"}]".utf8), "above its end"),
            ("memory", Array("[{\"start\": \"0x2000\", \"end\": \"0xfff\"}]".utf8), "above its end"),
            ("memory", Array("[{\"start\": \"0xffffffffffffffff\", \"size\": 4096}]".utf8), "no range of memory"),
            ("memory", Array("[{\"start\": 0, \"size\": 18446744073709551616}]".utf8), "more than 64 bits"),
            ("memory", Array("[7]".utf8), "no object"),
            ("memory", Array("[]".utf8), "runs past the end of memory"),
        ]
        for (name, bytes, expected) in cases {
            let cycle = try Cycle()
            try cycle.folder.write(bytes, to: name)
            let result = try cycle.run()
            #expect(result.status == 1)
            #expect(result.output.isEmpty)
            #expect(result.complaint?.contains(expected) == true, "\(name), \(expected): \(result.errors)")
            #expect(!cycle.folder.allFiles().contains("output"))
        }
    }

    @Test func filesThatAreNotThere() throws {
        let cycle = try Cycle()
        for name in ["header", "regions", "memory"] {
            let files = ["header", "regions", "memory"].map { "--\($0)=\($0 == name ? "/nonexistent/file" : cycle.folder.file($0).string)" }
            let result = try Command.run(["fadump", "elfcorehdr", "--output=\(cycle.folder.file("output").string)"] + files)
            #expect(result.complaint?.contains("/nonexistent/file") == true, "\(result.errors)")
        }
        #expect(!cycle.folder.allFiles().contains("output"))
    }

    @Test func moreRangesThanCanBeCounted() throws {
        let cycle = try Cycle()
        // The guest's memory, and above it ranges of a page with holes of a page.
        let more = (0..<65_531).map { index in
            let start = 0x8000_0000 + index * 0x2000
            return "\(String(start, radix: 16))-\(String(start + 0xfff, radix: 16)) : System RAM\n"
        }
        try cycle.folder.write("00000000-7fffffff : System RAM\n" + more.dropLast(2).joined(), to: "memory")
        #expect(try cycle.run().status == 0)
        try cycle.folder.remove("output")
        try cycle.folder.write("00000000-7fffffff : System RAM\n" + more.joined(), to: "memory")
        let result = try cycle.run()
        #expect(result.status == 1)
        #expect(result.complaint?.contains("65535 program headers are more than the 65534") == true, "\(result.errors)")
        #expect(!cycle.folder.allFiles().contains("output"))
    }

    // MARK: - Capture kernels before 6.10

    /// Which kernel takes whose dump, by the table in the manual.
    @Test(arguments: [
        (["--kernel-release=6.9"], "header-crashed.bin", 1, "refused: Crash info header is not valid."),
        (
            ["--kernel-release=6.1.0-30-powerpc64le", "--byte-order=little"], "header-crashed.bin", 1,
            "refused: Crash info header is not valid."
        ),
        (
            ["--kernel-release=6.10", "--byte-order=little", "--pt-regs-size=384", "--cpu-mask-size=8"], "header-crashed.bin", 0,
            "processed"
        ),
    ])
    func captureKernels(_ options: [String], _ name: String, _ status: Int32, _ verdict: String) throws {
        let result = try Command.run(["fadump", "header", file(name)] + options)
        #expect(result.status == status)
        #expect(line(verdict, in: result.output) != nil, "\(result.output)")
    }

    @Test func noKernelRelease() throws {
        let result = try Command.run(["fadump", "header", file("header-crashed.bin"), "--kernel-release=new"])
        #expect(result.status == 2 && result.complaint?.contains("a kernel's version, as 6.1") == true)
    }

    // MARK: - plan

    @Test func planOfTheGuest() throws {
        let arguments = [
            "fadump", "plan", "--memory=2G", "--crashkernel=512M", "--page-size=4K", "--cpu-mask-size=8",
            "--sysroot=\(FadumpFixture.plain.sysroot(.first).string)",
        ]
        let json = try object(try Command.run(arguments + ["--format=json"]).output)
        #expect(
            Set(json.keys) == [
                "schemaVersion", "platform", "memory", "bootMemory", "capped", "firmwareAreas", "metadata", "older", "newer", "saved",
                "warnings",
            ])
        let newer = try #require(json["newer"] as? [String: Int])
        // mem_reserved of the guest.
        #expect(newer["reserved"] == 536_875_440)
        let older = try #require(json["older"] as? [String: Int])
        #expect(older["reserved"] == 536_879_104)
        #expect(json["saved"] as? Int == 536_879_104 - 536_875_440)
        #expect((json["warnings"] as? [String])?.isEmpty == true)
        let table = try Command.run(arguments)
        #expect(table.status == 0)
        #expect(table.errors.isEmpty)
        #expect(line("reserved area 536879104 536875440", in: table.output) != nil, "\(table.output)")
        #expect(table.output.contains("The newer scheme saves 3664 bytes."))
        #expect(table.output.contains("after 62 PT_LOADs"))
    }

    @Test func plansThatWarnOrFail() throws {
        let empty = try TemporaryFolder()
        func run(_ options: [String]) throws -> Command.Result { try Command.run(["fadump", "plan", "--sysroot=\(empty.path)"] + options) }
        #expect(try run(["--memory=64G"]).complaint?.contains("--cpu-state-size") == true)
        #expect(try run(["--memory=64G", "--cpu-state-size=64K"]).errors.isEmpty)
        #expect(try run(["--memory=64G", "--platform=powernv"]).errors.isEmpty)
        let capped = try run(["--memory=4G", "--crashkernel=2G", "--cpu-state-size=64K"])
        #expect(capped.status == 0)
        #expect(capped.complaint?.contains("a quarter of the memory: the kernel takes 1024 MiB") == true)
        for (options, expected) in [
            (["--memory=2G", "--crashkernel=128M"], "below the 320 MiB that fadump needs on pseries"),
            (["--memory=512M"], "do not fit into 512 MiB"),
            (["--memory=8G", "--cpu-state-size=16777215T"], "do not fit"),
            (["--memory=8G", "--cpu-state-size=0xffffffffffffffff"], "more than 64 bits"),
        ] {
            let result = try run(options)
            #expect(result.status == 1)
            #expect(result.output.isEmpty)
            #expect(result.complaint?.contains(expected) == true, "\(result.errors)")
        }
    }

    // MARK: - Control files

    @Test func control() throws {
        let folder = try FadumpFixture.plain.copy(.first)
        func run(_ arguments: [String], answers: [Errno?] = []) -> RecordedCommand.Outcome {
            RecordedCommand.run(
                ["fadump"] + arguments, root: folder.path, answers: answers,
                onWrite: { file, text in
                    _ = try? folder.write(
                        text.hasSuffix("\n") ? text : text + "\n", to: String(file.string.dropFirst(folder.path.string.count + 1)))
                })
        }
        for (arguments, expected) in [
            (["register"], []), (["unregister"], ["write registered 0"]), (["unregister"], []), (["reload"], ["write registered 1"]),
            (["reload"], ["write registered 1"]), (["append-arguments", "nr_cpus=1"], ["write bootargs_append nr_cpus=1\n"]),
            (["append-arguments", "nr_cpus=1"], []), (["append-arguments", ""], ["write bootargs_append \n"]),
            (["append-arguments", "--", "-x"], ["write bootargs_append -x\n"]),
        ] as [([String], [String])] {
            let outcome = run(arguments)
            #expect(outcome.names == expected, "\(arguments)")
            #expect(outcome.failure == nil, "\(arguments)")
        }
        #expect(run(["release-memory"]).failure?.contains("there is no dump to release") == true)
        #expect(run(["unregister"], answers: [.permissionDenied]).failure?.contains("root is needed") == true)
    }
}

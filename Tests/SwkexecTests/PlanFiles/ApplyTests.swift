import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// `--apply`: the calls that a load from a file makes, and the plans that it refuses.
struct ApplyTests {
    private let bench: Bench
    private let machine: TemporaryFolder
    private static let bootID = "proc/sys/kernel/random/boot_id"

    init() throws {
        machine = try Fixture.bios.copy()
        try machine.write("de305d54-75b4-431b-adb2-eb6b9e546014\n", to: Self.bootID)
        for name in ["cpu", "memory"] { try machine.write("1\n", to: "sys/devices/system/\(name)/crash_hotplug") }
        bench = try Bench(machine.path)
    }

    private var planFile: String { bench.folder.file("plan").string }

    private func write(_ options: [String] = ["-p", "--hotplug"]) throws {
        let result = try Command.run(
            options + [
                bench.kernel, "--initrd=\(bench.initrd)", "--append=acpi_no_memhotplug", "--sysroot=\(machine.path)",
                "--plan-file=\(planFile)",
                "--rng-seed=\(String(repeating: "5a", count: 32))",
            ])
        #expect(result.status == 0, "\(result.errors)")
    }

    private func apply(_ options: [String] = [], answers: [Errno?] = []) -> RecordedCommand.Outcome {
        RecordedCommand.run(["--apply=\(planFile)"] + options, root: machine.path, answers: answers)
    }

    @Test(arguments: [["-p", "--hotplug"], ["-p"], ["-l"]])
    func theCallIsThatOfALoad(_ options: [String]) throws {
        try write(options)
        let applied = apply()
        #expect(applied.failure == nil)
        let direct = RecordedCommand.run(
            options + [
                "-c", bench.kernel, "--initrd=\(bench.initrd)", "--append=acpi_no_memhotplug",
                "--rng-seed=\(String(repeating: "5a", count: 32))",
            ], root: machine.path)
        #expect(applied.names == ["kexec_load"])
        #expect(direct.names == ["kexec_load"])
        let call = try #require(applied.loads.first)
        let expected = try #require(direct.loads.first)
        #expect(call.entry == expected.entry)
        #expect(call.flags == expected.flags)
        #expect(call.segments.map(\.memory) == expected.segments.map(\.memory))
        #expect(call.segments.map(\.memorySize) == expected.segments.map(\.memorySize))
        for (a, b) in zip(call.segments, expected.segments) {
            let equal = a.contents.withSpan { a in
                b.contents.withSpan { b in a.count == b.count && (0..<a.count).allSatisfy { a[$0] == b[$0] } }
            }
            #expect(equal)
        }
    }

    /// Linux 6.6 to 6.9 know the older flag only.
    @Test func olderFlagsAreKept() throws {
        try machine.write("Linux version 6.8.0 (x) y\n", to: "proc/version")
        try write()
        let outcome = apply(answers: [.invalidArgument])
        #expect(outcome.failure == nil)
        #expect(outcome.loads.map(\.flags.rawValue) == [0x3e_0009, 0x3e_0005])
    }

    @Test func theKernelsAnswerIsTold() throws {
        try write()
        let outcome = apply(answers: [.resourceBusy])
        let failure = try #require(outcome.failure)
        for part in ["kexec_load(", "another kexec load is under way", "(no crash image is loaded)"] {
            #expect(failure.contains(part), "\(failure)")
        }
    }

    @Test func hotplugIsConfirmed() throws {
        try write()
        try machine.write("0\n", to: "sys/devices/system/memory/crash_hotplug")
        #expect(apply().failure?.contains("will not update it") == true)
        try write(["-p", "--no-hotplug"])
        #expect(apply().failure == nil)
    }

    /// Each change of the machine is refused, named with what is there and what was expected, and nothing
    /// is asked of the kernel.
    @Test(arguments: [
        (
            bootID, "00000000-75b4-431b-adb2-eb6b9e546014\n",
            "made for another boot: ROOT/proc/sys/kernel/random/boot_id is '00000000-75b4-431b-adb2-eb6b9e546014', the plan expects 'de305d54-75b4-431b-adb2-eb6b9e546014'"
        ),
        (
            "proc/version", "Linux version 6.1.0 (x) y\n",
            "made for another kernel release: ROOT/proc/version is 'Linux version 6.1.0 (x) y', the plan expects 'Linux version 6.12.107+deb13-cloud-amd64 ' (--force overrides this)"
        ),
        (
            "sys/kernel/vmcoreinfo", "1 2\n",
            "made for another place of VMCOREINFO: ROOT/sys/kernel/vmcoreinfo is '1 2', the plan expects '0x0000000061dc4000 1024'"
        ),
        (
            "sys/devices/system/cpu/cpu1/crash_notes", "1\n",
            "made for another place of the crash notes: ROOT/sys/devices/system/cpu/cpu[0-1]/crash_notes has the SHA-256 "
        ),
        (
            "proc/iomem", "00100000-7ffdffff : System RAM\n",
            "made for another crash region: ROOT/proc/iomem has no such line, the plan expects '6e000000-7dffffff : Crash kernel'"
        ),
    ])
    func anotherMachine(_ name: String, _ content: String, _ expected: String) throws {
        try write()
        try machine.write(content, to: name)
        let outcome = apply()
        let failure = try #require(outcome.failure)
        #expect(failure.hasPrefix("\(planFile): \(expected.replacingOccurrences(of: "ROOT", with: machine.path.string))"), "\(failure)")
        #expect(outcome.names.isEmpty)
    }

    @Test func forceOverridesTheReleaseOnly() throws {
        try write()
        try machine.write("Linux version 6.12.108 (x) y\n", to: "proc/version")
        #expect(apply().names.isEmpty)
        let forced = apply(["--force"])
        #expect(forced.failure == nil)
        #expect(forced.names == ["kexec_load"])
        try machine.write("00000000-75b4-431b-adb2-eb6b9e546014\n", to: Self.bootID)
        let refused = apply(["--force"])
        #expect(refused.failure?.contains("made for another boot") == true)
        #expect(refused.names.isEmpty)
    }

    @Test func aDryRunAsksNothing() throws {
        try write()
        let outcome = apply(["-n"])
        #expect(outcome.failure == nil)
        #expect(outcome.names.isEmpty)
    }

    /// It can be looked at anywhere; that it is for another machine is told behind it.
    @Test func aForeignPlanIsPrinted() throws {
        try write()
        for (architecture, expected) in [
            ("x86_64", "made for another boot"),
            ("ppc64le", "made for another architecture: the plan is for x86_64 (e_machine 62), this machine is ppc64le"),
        ] {
            let other = try Fixture.bios.copy()
            let result = try Command.run(["--apply=\(planFile)", "--dry-run", "--sysroot=\(other.path)", "--arch=\(architecture)"])
            #expect(result.status == 1)
            #expect(result.output.contains("boot  "))
            #expect(try #require(result.complaint).contains(expected), "\(result.errors)")
        }
    }

    @Test func segmentsCanBeTakenOut() throws {
        try write()
        let folder = bench.folder.file("segments").string
        let result = try Command.run([
            "--apply=\(planFile)", "-n", "--format=json", "--write-segments=\(folder)", "--sysroot=\(machine.path)",
        ])
        let plan = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        for segment in try #require(plan["segments"] as? [[String: Any]]) {
            let bytes = try bench.folder.read("segments/" + (try #require(segment["file"] as? String)))
            #expect(segment["sha256"] as? String == (try Tool.sha256(of: bytes)))
        }
        let facts = try #require(plan["facts"] as? [[String: Any]])
        #expect(
            facts.map { $0["subject"] as? String } == [
                "kernel release", "boot", "crash region", "place of VMCOREINFO", "place of the crash notes", "set of memory ranges",
                "place of the kernel", "direct map of RAM",
            ])
        for fact in facts {
            #expect(Set(fact.keys) == ["subject", "file", "rule", "selector", "expected", "overridable", "holds"])
            #expect(fact["holds"] as? Bool == true)
        }
    }

    // MARK: - Bad files

    @Test func damage() throws {
        try write()
        let whole = try bench.folder.read("plan")
        for byte in [0, 8, 16, 30, 60, 500, whole.count / 2, whole.count - 1] {
            var flipped = whole
            flipped[byte] ^= 0x10
            try bench.folder.write(flipped, to: "plan")
            let outcome = apply()
            #expect(outcome.failure?.hasPrefix("\(planFile): ") == true)
            #expect(outcome.names.isEmpty, "byte \(byte)")
        }
        try bench.folder.write(Array(whole.dropLast()), to: "plan")
        #expect(
            apply().failure
                == "\(planFile): the file has \(whole.count - 1) bytes, its header says \(whole.count): cut short, or not a plan file alone"
        )
    }

    /// No waiting for a pipe's writer, no reading of what has no end, no gigabytes of something else.
    @Test(.timeLimit(.minutes(1))) func otherThings() throws {
        let folder = bench.folder
        _ = try Tool("mkfifo").output([folder.file("pipe").string])
        _ = try Tool("truncate").output(["-s", "9G", folder.file("huge").string])
        try folder.write(Array("SWKXPLAN".utf8), to: "huge-plan")
        _ = try Tool("truncate").output(["-s", "9G", folder.file("huge-plan").string])
        for (name, expected) in [
            (folder.file("pipe").string, "is not a regular file"), (folder.path.string, "is a directory, not a file"),
            (folder.file("huge").string, "not a plan file"), (folder.file("huge-plan").string, "larger than the limit of 8589934592 bytes"),
            ("/dev/zero", "is not a regular file"), (bench.kernel, "not a plan file"),
            (folder.file("none").string, "cannot open: No such file or directory"),
        ] {
            let result = try Command.run(["--apply=\(name)", "-n"])
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.complaint == "\(name): \(expected)")
        }
    }

    /// A file that keeps every rule of the format can still hold numbers that no machine has.
    @Test func impossibleRegions() throws {
        try write()
        var file = try bench.folder.read("plan")
        let regions = 160 + 48 * Int(file.littleEndian(at: 128, width: 4))
        file.putLittleEndian(0, at: regions, width: 8)
        file.putLittleEndian(.max, at: regions + 8, width: 8)
        let digest = try Tool.sha256(of: Array(file[56...]))
        file.replaceSubrange(24..<56, with: stride(from: 0, to: 64, by: 2).compactMap { UInt8(digest.dropFirst($0).prefix(2), radix: 16) })
        try bench.folder.write(file, to: "plan")
        for format in ["table", "map", "json"] {
            let result = try Command.run(["--apply=\(planFile)", "-n", "--format=\(format)", "--sysroot=\(machine.path)"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("kernel"))
        }
    }

    // MARK: - The applier

    @Test(arguments: ["x86_64", "aarch64", "ppc64le"])
    func theApplierIsWritten(_ architecture: String) throws {
        let path = bench.folder.file("applier").string
        let result = try Command.run(["--write-applier=\(path)", "--arch=\(architecture)"])
        #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
        #expect(try bench.folder.mode("applier") == 0o755)
        #expect(try bench.folder.read("applier").count < 65_536)
        let file = try Tool.readelf.text(["-hW", path])
        #expect(file.contains(["x86_64": "X86-64", "aarch64": "AArch64", "ppc64le": "PowerPC64"][architecture] ?? "?"))
    }

    /// What it prints is what swkexec prints, byte for byte, and so is the refusal. It is only asked to
    /// print: the plan is for a boot that this machine never had.
    @Test(.enabled(if: runsHere), arguments: [["-p", "--hotplug"], ["-p", "-i"], ["-l"]])
    func bothPrintTheSame(_ options: [String]) throws {
        try write(options)
        let program = bench.folder.file("applier").string
        #expect(try Command.run(["--write-applier=\(program)", "--arch=x86_64"]).status == 0)
        for root in [machine.path.string, "/"] {
            let here = try Command.run(["--apply=\(planFile)", "-n", "--sysroot=\(root)"])
            let there = try Command.run(["-n", "--sysroot=\(root)", planFile], program: program)
            #expect(there.output == here.output)
            #expect(there.status == here.status)
            #expect(there.errors.dropFirst("swkexec-apply".count) == here.errors.dropFirst("swkexec".count))
            #expect(here.status == (root == "/" ? 1 : 0))
        }
    }

    static var runsHere: Bool {
        #if arch(x86_64)
        true
        #else
        false
        #endif
    }

    @Test func versionsAgree() throws {
        let version = try Command.run(["--version"]).output.split(separator: " ")[1]
        let source = try String(
            contentsOfFile: FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
                .removingLastComponent().appending("Applier/main.c").string, encoding: .utf8)
        #expect(source.contains("#define VERSION \"\(version.dropLast())\"\n"))
    }
}

import Applier
import ELF
import ByteStorage
import Foundation
import HostState
import SystemPackage
import TestSupport
import Testing

/// The program for every machine: what kind of file it is, and how it behaves on this one.
struct ApplierTests {
    @Test(
        .enabled(if: Tool.readelf.isAvailable),
        arguments: [
            ("x86_64", "Advanced Micro Devices X86-64"), ("aarch64", "AArch64"), ("ppc64le", "PowerPC64"),
        ])
    func isStaticAndSmall(_ architecture: String, _ machine: String) throws {
        let program = try #require(Applier.named(architecture)).program
        #expect(program.count < 65_536)
        let folder = try TemporaryFolder()
        let path = try folder.write(program, to: "program").string
        let text = try Tool.readelf.text(["-hlrdW", path])
        #expect(text.contains("Machine:                           \(machine)"))
        #expect(text.contains("Type:                              EXEC"))
        #expect(text.contains("Data:                              2's complement, little endian"))
        #expect(text.contains("There are no relocations in this file."))
        #expect(text.contains("There is no dynamic section in this file."))
        for word in ["INTERP", "DYNAMIC", " RWE "] { #expect(!text.contains(word), "\(word)") }
    }

    @Test func thereIsOneForEachMachine() {
        #expect(Applier.all.map(\.machine) == Machine.all)
        #expect(Applier.named("arm") == nil)
    }
}

@Suite(.enabled(if: ApplierProgram.isForThisMachine))
struct ApplierProgramTests {
    private let applier: ApplierProgram

    init() throws { applier = try ApplierProgram() }

    private var anyFile: String { applier.folder.file("swkexec-apply").string }

    @Test func helpAndVersion() throws {
        for word in ["-h", "--help"] {
            let result = try applier.run([word])
            #expect(result.status == 0 && result.errors.isEmpty)
            #expect(result.output.hasPrefix("Usage: swkexec-apply "))
        }
        let version = try applier.run(["--version"])
        #expect(try version.status == 0 && /swkexec-apply \d+\.\d+\.\d+\n/.wholeMatch(in: version.output) != nil)
    }

    @Test(arguments: [
        ([], "nothing to do"), (["-n"], "nothing to do"), (["a", "b"], "one plan at a time, one too many is b"),
        (["-x", "a"], "unknown option -x"), (["--frobnicate"], "unknown option --frobnicate"), (["-p", "a"], "-p and -l go with -u"),
        (["-l", "a"], "-p and -l go with -u"), (["-u", "a"], "-u goes with -p or -l alone"), (["-u", "-n"], "-u goes with -p or -l alone"),
        (["-u", "--force"], "-u goes with -p or -l alone"), (["-u", "-p", "-l"], "either -p or -l"),
        (["--sysroot=/", "a"], "--sysroot needs -n"), (["-n", "--sysroot=", "a"], "not the name of a folder"),
        (["-n", "-"], "-: cannot open"),
        (["-n", "--", "-n"], "-n: cannot open: ENOENT (2)"), (["-n", ""], ": cannot open: ENOENT (2)"),
    ])
    func usage(_ arguments: [String], _ expected: String) throws {
        let result = try applier.run(arguments)
        #expect(result.status == 1 && result.output.isEmpty)
        let complaint = try #require(result.complaint, "\(result.errors)")
        #expect(complaint.contains(expected), "\(complaint)")
    }

    /// What is no file, or far too large a one, is refused at once; a pipe without a writer, too.
    @Test(.timeLimit(.minutes(1))) func namesOfOtherThings() throws {
        let folder = applier.folder
        _ = try Tool("mkfifo").output([folder.file("pipe").string])
        _ = try Tool("truncate").output(["-s", "9G", folder.file("huge").string])
        var large = try SamplePlan().bytes()
        large = Array(large.prefix(160))
        try folder.write(large, to: "huge-plan")
        _ = try Tool("truncate").output(["-s", "9G", folder.file("huge-plan").string])
        for (name, expected) in [
            (folder.file("pipe").string, "is not a regular file"), (folder.path.string, "is a directory, not a file"),
            (folder.file("huge").string, "not a plan file"), (folder.file("huge-plan").string, "larger than the limit of 8589934592 bytes"),
            ("/dev/zero", "not a plan file"), ("/dev/null", "not a plan file"),
            (folder.file("none").string, "cannot open: ENOENT (2), no such file"),
            (anyFile + "/x", "cannot open: ENOTDIR (20), not a directory"), (anyFile, "not a plan file"),
        ] {
            let result = try applier.run(["-n", name])
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.complaint == "\(name): \(expected)")
        }
    }

    /// Nothing of a plan or of a name is obeyed by a terminal.
    @Test func foreignText() throws {
        var sample = SamplePlan.ofThisMachine
        sample.commandLine = "a\u{1b}[2J\u{9b}b\n\u{7f} ü→😀"
        let path = try applier.folder.write(try sample.bytes(), to: "plan").string
        #expect(try applier.run(["-n", path]).output.contains("\ncommand line  a\\u{1b}[2J\\u{9b}b\\u{a}\\u{7f} ü→😀\n"))
        #expect(
            try applier.run(["-n", "\u{1b}[2J\u{9b}ü"]).complaint == "\\u{1b}[2J\\u{9b}ü: cannot open: ENOENT (2), no such file")
    }

    /// Bytes that are no UTF-8 are shown as Swift shows them.
    @Test(
        arguments: [
            [0x61, 0xff, 0x62], [0xc3], [0xe2, 0x82, 0x41], [0xe0, 0x82, 0x9b], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80],
            [0xf4, 0x90, 0x80, 0x80],
            [0xc0, 0x9b], [0x9b], [0xf5, 0x80], [0xc2, 0xc2, 0x9b], [0xef, 0xbf, 0xbd],
        ] as [[UInt8]])
    func bytesThatAreNoUTF8(_ bytes: [UInt8]) throws {
        // Of the same length, to be put in its place.
        var sample = SamplePlan.ofThisMachine
        sample.commandLine = "begin" + String(repeating: "#", count: bytes.count) + "end"
        var file = try sample.bytes()
        let place = try #require(file.places(of: Array(sample.commandLine.utf8)).first)
        file.replaceSubrange(place + 5..<place + 5 + bytes.count, with: bytes)
        let path = try applier.folder.write(file.resealed(), to: "plan").string
        let shown = String(decoding: bytes, as: UTF8.self).printable
        #expect(try applier.run(["-n", path]).output.contains("\ncommand line  begin\(shown)end\n"))
    }

    @Test func aComplaintIsOneLine() throws {
        #expect(try applier.run(["-n", "two\nlines"]).complaint == "two lines: cannot open: ENOENT (2), no such file")
    }

    /// Without -n, as it would be called: refused by the first fact that differs, and by the architecture
    /// before that.
    @Test func plansOfOthersAreNotLoaded() throws {
        let boot = String(decoding: try fileBytes("/proc/sys/kernel/random/boot_id"), as: UTF8.self).dropLast()
        let path = try applier.folder.write(try SamplePlan.ofThisMachine.bytes(), to: "plan").string
        for arguments in [[path], ["--force", path]] {
            let result = try applier.run(arguments)
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(
                result.complaint
                    == "\(path): made for another boot: /proc/sys/kernel/random/boot_id is '\(boot)', the plan expects '00000000-0000-0000-0000-000000000000'"
            )
        }
        var foreign = SamplePlan()
        (foreign.architecture, foreign.machine) = ("ppc64", 21)
        let other = try applier.folder.write(try foreign.bytes(), to: "foreign").string
        let result = try applier.run([other])
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(
            result.complaint?.hasPrefix("\(other): made for another architecture: the plan is for ppc64 (e_machine 21), this machine is ")
                == true)
    }

    /// --force is for the release, and for nothing else.
    @Test func force() throws {
        let machine = try TemporaryFolder()
        try machine.write("Linux version 6.1.0 (x) y\n", to: "proc/version")
        try machine.write("1 2\n", to: "sys/kernel/vmcoreinfo")
        var sample = SamplePlan.ofThisMachine
        sample.facts = [
            Precondition(
                .begins, subject: "kernel release", path: "proc/version", expected: Array("Linux version 6.12.0 ".utf8), isOverridable: true
            ),
            Precondition(.equals, subject: "place of VMCOREINFO", path: "sys/kernel/vmcoreinfo", expected: Array("1 2\n".utf8)),
        ]
        let path = try applier.folder.write(try sample.bytes(), to: "plan").string
        let arguments = ["-n", "--sysroot=\(machine.path)/", path]
        let difference =
            "\(path): made for another kernel release: \(machine.path)/proc/version is 'Linux version 6.1.0 (x) y', the plan expects 'Linux version 6.12.0 '"
        let plain = try applier.run(arguments)
        #expect(plain.status == 1)
        #expect(plain.complaint == "\(difference) (--force overrides this)")
        let forced = try applier.run(arguments + ["--force"])
        #expect(forced.status == 0)
        #expect(forced.complaint == "warning: \(difference)")

        try machine.write("1 3\n", to: "sys/kernel/vmcoreinfo")
        let refused = try applier.run(arguments + ["--force"])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("made for another place of VMCOREINFO"))
    }

    /// What cannot be written is not silently lost.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskIsAnError() throws {
        let path = try applier.folder.write(try SamplePlan.ofThisMachine.bytes(), to: "plan").string
        let program = applier.folder.file("swkexec-apply").string
        #expect(throws: Tool.Failure.self) { try Tool("sh").output(["-c", "'\(program)' -n '\(path)' >/dev/full"]) }
    }
}

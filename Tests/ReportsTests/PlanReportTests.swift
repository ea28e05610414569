import ByteStorage
import HostState
import LoadPlan
import PhysicalMemory
import PlanFile
import Reports
import SHA256
import TestSupport
import Testing

/// A plan of three segments, in every form, written by hand.
struct PlanReportTests {
    private func plan(hotplug: Bool = true, digest: Bool = true, commandLine: [UInt8] = Array("quiet".utf8)) throws -> LoadPlan {
        func segment(_ role: SegmentRole, _ start: UInt64, pages: UInt64, _ bytes: [UInt8], _ rule: DigestRule) throws -> Segment {
            let memory = try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(pages * 4096)))
            return Segment(role: role, memory: memory, contents: Bytes(bytes), digestRule: rule)
        }
        let flags = KexecFlags(rawValue: 62 << 16 | 1)
        return LoadPlan(
            architecture: "x86_64", purpose: .crash, entry: PhysicalAddress(0x7200_0010),
            segments: [
                try segment(.kernel, 0x7000_0000, pages: 4, [1, 2, 3, 4, 5], .included),
                try segment(.backup, 0x7100_0000, pages: 160, [], .included),
                try segment(.purgatory, 0x7200_0000, pages: 1, [6, 7], .excluded(because: .purgatory)),
                try segment(.elfcorehdr, 0x77ff_e000, pages: 2, [8, 9, 10], hotplug ? .excluded(because: .hotplug) : .included),
            ],
            flags: hotplug ? flags.union(.crashHotplugUpdate) : flags, olderFlags: nil,
            digest: digest ? .init(value: SHA256.digest(of: Bytes([1, 2, 3, 4, 5] as [UInt8])), coveredBytes: 5) : nil,
            commandLine: KernelCommandLine(commandLine), hotplugRequested: hotplug,
            usableMemory: [try #require(PhysicalRange(start: PhysicalAddress(0x7000_0000), size: .mebibytes(128)))],
            warnings: ["it is\nodd"])
    }

    private static let digest = "74f81fe167d99b4cb41d6d0ccda82278caee9f3e2f25d5e5a3936ff3dcec60d0"

    private static let table = #"""
        SEGMENT          START         END  MEMORY  LOADED  DIGEST
        kernel      0x70000000  0x70003fff   16384       5  included
        backup      0x71000000  0x7109ffff  655360       0  nothing is loaded
        purgatory   0x72000000  0x72000fff    4096       2  excluded: it holds the digest
        elfcorehdr  0x77ffe000  0x77ffffff    8192       3  excluded: the kernel rewrites it on hotplug

        entry         0x72000010
        flags         0x3e0009 KEXEC_ON_CRASH KEXEC_CRASH_HOTPLUG_UPDATE
        command line  quiet
        digest        sha256 \#(digest) over 5 bytes
        warning       it is\u{a}odd

        """#

    @Test func table() throws {
        #expect(PlanReport(try plan()).table == Self.table)
    }

    @Test func tableOfAPlanThatIsNotChecked() throws {
        #expect(
            PlanReport(try plan(hotplug: false, digest: false, commandLine: [])).table == #"""
                SEGMENT          START         END  MEMORY  LOADED  DIGEST
                kernel      0x70000000  0x70003fff   16384       5  not checked
                backup      0x71000000  0x7109ffff  655360       0  nothing is loaded
                purgatory   0x72000000  0x72000fff    4096       2  excluded: it holds the digest
                elfcorehdr  0x77ffe000  0x77ffffff    8192       3  not checked

                entry         0x72000010
                flags         0x3e0001 KEXEC_ON_CRASH
                digest        none, purgatory does not check (-i)
                warning       it is\u{a}odd

                """#)
    }

    /// 64 columns of 2 MiB; what is less than one still has its letter.
    @Test func map() throws {
        #expect(
            PlanReport(try plan()).text(.map, width: 66) == """
                0x70000000-0x77ffffff, 128 MiB, a column is 2 MiB
                |K.......L.......P..............................................E|
                 K  kernel      0x70000000-0x70003fff  16 KiB
                 .  free        0x70004000-0x70ffffff  15.9 MiB
                 L  backup      0x71000000-0x7109ffff  640 KiB
                 .  free        0x710a0000-0x71ffffff  15.3 MiB
                 P  purgatory   0x72000000-0x72000fff  4 KiB
                 .  free        0x72001000-0x77ffdfff  95.9 MiB
                 E  elfcorehdr  0x77ffe000-0x77ffffff  8 KiB

                """)
    }

    /// As Python's json reads it and writes it again, in one line.
    private func compact(_ json: String) throws -> String {
        try Tool("python3").text(
            ["-c", "import json,sys; print(json.dumps(json.loads(sys.stdin.buffer.read()), separators=(',', ':')))"],
            input: Array(json.utf8))
    }

    private static let members =
        #"{"schemaVersion":1,"architecture":"x86_64","purpose":"crash","call":"kexec_load","entry":"0x72000010","#
        + #""flags":{"value":"0x3e0009","names":["KEXEC_ON_CRASH","KEXEC_CRASH_HOTPLUG_UPDATE"]},"commandLine":"quiet","segments":["#
        + #"{"role":"kernel","start":"0x70000000","memorySize":16384,"loadedSize":5,"digest":"included","sha256":"\#(digest)"},"#
        + #"{"role":"backup","start":"0x71000000","memorySize":655360,"loadedSize":0,"digest":"included","#
        + #""sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"#
        + #"{"role":"purgatory","start":"0x72000000","memorySize":4096,"loadedSize":2,"digest":"excluded-purgatory","#
        + #""sha256":"4e399d0536e9eb556ea05e7c19f52034fc44dc7eea2f3b5af2da5336ca9c9cf1"},"#
        + #"{"role":"elfcorehdr","start":"0x77ffe000","memorySize":8192,"loadedSize":3,"digest":"excluded-hotplug","#
        + #""sha256":"6e9fa019228fe1a9d342d4a0085ab80270c9726bd08cd5a35d7626a700b34e2f"}],"#
        + #""digest":{"algorithm":"sha256","value":"\#(digest)","bytes":5},"#
        + #""hotplug":{"requested":true,"elfcorehdrCapacity":8192,"excludedRoles":["elfcorehdr"]},"warnings":["it is\nodd"]"#

    @Test(.enabled(if: Tool("python3").isAvailable)) func json() throws {
        #expect(try compact(PlanReport(try plan()).json) == Self.members + "}\n")
    }

    @Test(.enabled(if: Tool("python3").isAvailable)) func foreignCommandLines() throws {
        let report = PlanReport(try plan(commandLine: Array("a\u{1b}[2J \"b\"".utf8) + [0xff]))
        #expect(report.table.contains("\ncommand line  a\\u{1b}[2J \"b\"\u{fffd}\n"))
        #expect(try compact(report.json).contains(#""commandLine":"a\u001b[2J \"b\"\ufffd""#))
    }

    /// Facts of a machine that has one of the two files.
    @Test(.enabled(if: Tool("python3").isAvailable)) func aPlanFile() throws {
        let machine = try TemporaryFolder()
        try machine.write("Linux version 6.12\n", to: "proc/version")
        let facts = [
            Precondition(
                .begins, subject: "kernel release", path: "proc/version", expected: Array("Linux version 6.12\n".utf8), isOverridable: true),
            Precondition(
                .digest, subject: "place of the notes", path: "sys/cpu*/crash_notes", numbers: "0-3", selector: "7e",
                expected: [UInt8](repeating: 0xab, count: 32)),
        ]
        let report = PlanFileReport(PlanFile(try plan(), preconditions: facts), root: SystemRoot(machine.path))
        #expect(
            report.table == Self.table + """
                architecture  x86_64
                purpose       crash

                FACT                HERE     FILE                       EXPECTED
                kernel release      holds    /proc/version              'Linux version 6.12'
                place of the notes  differs  /sys/cpu[0-3]/crash_notes  \(String(repeating: "ab", count: 32))

                """)
        #expect(
            try compact(report.json) == Self.members
                + #","facts":[{"subject":"kernel release","file":"/proc/version","rule":"begins","selector":null,"#
                + #""expected":"'Linux version 6.12'","overridable":true,"holds":true},"#
                + #"{"subject":"place of the notes","file":"/sys/cpu[0-3]/crash_notes","rule":"digest","selector":"7e","#
                + #""expected":"\#(String(repeating: "ab", count: 32))","overridable":false,"holds":false}]}"# + "\n")
    }
}

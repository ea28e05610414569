import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// `--load-jump-back-helper`: the image that leads back.
struct JumpBackTests {
    private let machine: TemporaryFolder

    init() throws { machine = try Self.visited("console=ttyS0 kexec_jump_back_entry=0x000000009f00d0f2") }

    /// A kernel with the first 64 MiB, told where another one waits.
    private static func visited(_ commandLine: String) throws -> TemporaryFolder {
        var sysroot = SyntheticSysroot()
        sysroot.iomem = [
            .init(0x1000, 0x9efff, "System RAM"), .init(0x10_0000, 0x3ff_ffff, "System RAM"),
            .init(0x100_0000, 0x1ff_ffff, "Kernel code", level: 1), .init(0x7ffe_0000, 0x7fff_ffff, "Reserved"),
        ]
        sysroot.commandLine = commandLine
        return try sysroot.write()
    }

    private func run(_ arguments: [String], _ machine: TemporaryFolder? = nil) -> RecordedCommand.Outcome {
        RecordedCommand.run(["--load-jump-back-helper"] + arguments, root: (machine ?? self.machine).path)
    }

    @Test(
        arguments: [
            ([], 0x9f00_d0f2), (["--entry=0xabcd1234567"], 0xabc_d123_4567), (["--entry=4294967296"], 0x1_0000_0000),
        ] as [([String], UInt64)])
    func oneSegmentThatJumps(_ arguments: [String], _ target: UInt64) throws {
        let outcome = run(arguments)
        #expect(outcome.failure == nil)
        #expect(outcome.names == ["kexec_load"])
        let call = try #require(outcome.loads.first)
        #expect(call.flags.rawValue == 0x3e_0002)
        try #require(call.segments.count == 1)
        let segment = call.segments[0]
        #expect(segment.memory >= 0x10_0000 && segment.memory + segment.memorySize <= 0x400_0000)
        let purgatory = try PurgatoryParameters(call)
        #expect(purgatory[PurgatoryX86_64.entryMode] == 4)
        #expect(purgatory[PurgatoryX86_64.kernelEntry] == target)
        #expect(purgatory[PurgatoryX86_64.isCalled] == 1)
        #expect(purgatory.checkEnabled == 0)
        // Four pages for page tables, zeroed since nothing is loaded there, at the segment's end.
        let tables = try #require(purgatory[PurgatoryX86_64.pageTables])
        #expect(tables % 4096 == 0 && tables >= segment.memory + UInt64(segment.contents.count))
        #expect(tables + 4 * 4096 == segment.memory + segment.memorySize)
    }

    @Test func withinLimits() throws {
        let call = try #require(run(["--mem-max=0x1fffff"]).loads.first)
        #expect(call.segments[0].memory + call.segments[0].memorySize <= 0x20_0000)
    }

    @Test(arguments: [
        (["--entry=0x2000000"], "lies in this kernel's own memory"),
        (["--entry=nowhere"], "--entry: 'nowhere'"),
        (["-l"], "two actions at once"),
        (["vmlinuz"], "takes no file"),
        (["--mem-min=0x3fff000"], "does not fit"),
    ])
    func refused(_ arguments: [String], _ words: String) {
        let outcome = run(arguments)
        #expect(outcome.names == [])
        #expect(outcome.failure?.contains(words) == true, "\(outcome.failure ?? "loaded")")
    }

    @Test(arguments: [
        "console=ttyS0", "kexec_jump_back_entry=", "kexec_jump_back_entry=0x", "kexec_jump_back_entry=12zz", "kexec_jump_back_entry=0x-1",
    ])
    func nobodyWaits(_ commandLine: String) throws {
        let outcome = run([], try Self.visited(commandLine))
        #expect(outcome.names == [])
        #expect(outcome.failure?.contains("kexec_jump_back_entry=") == true, "\(outcome.failure ?? "loaded")")
    }

    @Test func theDryRunShowsIt() throws {
        let result = try Command.run(["--load-jump-back-helper", "--dry-run", "--sysroot=\(machine.path)", "--format=json"])
        #expect(result.status == 0)
        #expect(result.output.contains("\"KEXEC_PRESERVE_CONTEXT\""))
    }
}

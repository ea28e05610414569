import TestSupport
import Testing

/// kexec-tools: e_phnum has 16 bits, so more than 65,535 program headers overflow; the notes of CPUs
/// behind a gap in their numbers are dropped.
@Suite("Defect 9: more program headers than e_phnum counts, gaps in CPU numbers")
struct Defect09_MoreThanSixteenBits {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test func tooManyRangesAreAnError() throws {
        var machine = SyntheticSysroot()
        machine.iomem += (0..<65_600 as Range<UInt64>).map { .init(0x1_0000_0000 + $0 << 20, 0x1_0000_0fff + $0 << 20, "System RAM") }
        let folder = try machine.write()
        let outcome = RecordedCommand.run(["-p", "-c", bench.kernel], root: folder.path)
        #expect(outcome.recorder.all.isEmpty)
        #expect(outcome.failure?.contains("elfcorehdr: 65606 program headers") == true, "\(outcome.failure ?? "")")
    }

    @Test func gapsInCPUNumbers() throws {
        var machine = SyntheticSysroot()
        machine.cpus = [0, 2, 3, 64, 1000].map { .init($0, crashNotes: 0x3d80_0000 + UInt64($0) * 0x1000) }
        machine.possibleCPUs = "0,2-5,64,1000"
        let folder = try machine.write()
        let plan = try RecordedCommand.plan(["-p", "-c", bench.kernel], root: folder.path)
        let bytes = try #require(plan.segment(.elfcorehdr)).bytes
        let notes = try #require(CoreProgramHeader.table(of: bytes)).filter { $0.type == 4 }
        #expect(notes.dropLast().map(\.physicalAddress) == machine.cpus.map(\.crashNotes))
    }
}

import TestSupport
import Testing

/// kexec-tools: more than 16 segments are written past an array on the stack; maps are cut in silence
/// after 2048 ranges (64 on arm64, which its own plans' tests cover) and in lines of 160 characters.
@Suite("Defect 5: tables of fixed size")
struct Defect05_FixedTables {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test(arguments: [(13, true), (14, false), (16, false)])
    func segments(_ count: Int, _ fits: Bool) throws {
        let loads = (0..<UInt64(count)).map { SyntheticELFKernel.Load(at: 0x100_0000 + $0 << 22, [UInt8](repeating: 1, count: 32)) }
        let path = try bench.folder.write(SyntheticELFKernel(loads).bytes, to: "vmlinux").string
        let outcome = RecordedCommand.run(["-l", "-c", path], root: Fixture.bios.sysroot)
        // boot parameters, setup data and purgatory are three more
        #expect((outcome.failure == nil) == fits, "\(outcome.failure ?? "")")
        #expect(outcome.loads.map(\.segments.count) == (fits ? [16] : []))
        if !fits {
            #expect(outcome.failure?.contains("\(count + 3) segments exceed the kernel's limit of 16") == true, "\(outcome.failure ?? "")")
        }
    }

    @Test func ranges() throws {
        var machine = SyntheticSysroot()
        let starts = (0..<5000 as Range<UInt64>).map { 0x1_0000_0000 + $0 << 24 }
        machine.iomem += starts.map { .init($0, $0 + 0xff_efff, "System RAM") }
        let folder = try machine.write()
        let plan = try RecordedCommand.plan(["-p", "-c", bench.kernel], root: folder.path)
        let elfcorehdr = try #require(plan.segment(.elfcorehdr)).bytes
        #expect(try #require(CoreProgramHeader.table(of: elfcorehdr)).suffix(5000).map(\.physicalAddress) == starts)
    }

    @Test func longLines() throws {
        var machine = SyntheticSysroot()
        machine.iomem.append(.init(0x1_0000_0000, 0x1_0fff_ffff, String(repeating: "a long name ", count: 400)))
        machine.iomem.append(.init(0x2_0000_0000, 0x2_0fff_ffff, "System RAM (\(String(repeating: "x", count: 300)))"))
        let folder = try machine.write()
        let plan = try RecordedCommand.plan(["-p", "-c", bench.kernel], root: folder.path)
        let elfcorehdr = try #require(plan.segment(.elfcorehdr)).bytes
        #expect(CoreProgramHeader.table(of: elfcorehdr)?.last?.physicalAddress == 0x2_0000_0000)
    }
}

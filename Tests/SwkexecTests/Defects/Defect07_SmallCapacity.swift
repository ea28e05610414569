import TestSupport
import Testing

/// kexec-tools: with a capacity in sysfs that is smaller than the elfcorehdr, `--hotplug` cuts the
/// header in silence; the number is read through a buffer of seven bytes.
@Suite("Defect 7: the elfcorehdr's capacity in sysfs")
struct Defect07_SmallCapacity {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func headers(capacity: UInt64) throws -> (table: [CoreProgramHeader], memory: UInt64, warnings: [String]) {
        var machine = SyntheticSysroot()
        machine.iomem += (0..<500 as Range<UInt64>).map { .init(0x1_0000_0000 + $0 << 24, 0x1_00ff_efff + $0 << 24, "System RAM") }
        machine.elfcorehdrCapacity = capacity
        let folder = try machine.write()
        let plan = try RecordedCommand.plan(["-p", "-c", "--hotplug", bench.kernel], root: folder.path)
        let segment = try #require(plan.segment(.elfcorehdr))
        let bytes = segment.bytes
        return (try #require(CoreProgramHeader.table(of: bytes)), segment.memory.size.rawValue, plan.warnings)
    }

    /// Two CPUs, VMCOREINFO, the text, two ranges below 4 GiB and 500 above.
    @Test(arguments: [UInt64(0), 1, 64, 1000, 28_000])
    func theHeaderIsWhole(_ capacity: UInt64) throws {
        let (table, memory, warnings) = try headers(capacity: capacity)
        #expect(table.count == 506)
        // There is room to grow all the same, and a word about it.
        #expect(memory >= 64 + (506 + 256) * 56)
        #expect(warnings.contains { $0.contains("more than the") })
    }

    @Test func longNumbers() throws {
        let (_, memory, warnings) = try headers(capacity: 12_345_678)
        #expect(memory == (12_345_678 + 64 + 4095) / 4096 * 4096)
        #expect(!warnings.contains { $0.contains("more than the") })
    }
}

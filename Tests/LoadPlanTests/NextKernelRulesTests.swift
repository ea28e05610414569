import ByteStorage
import PhysicalMemory
import TestSupport
import Testing

@testable import LoadPlan

/// What is loaded lies in RAM of the next kernel; what that has for RAM is not dumped.
@Suite struct NextKernelRulesTests {
    private func range(_ start: UInt64, _ end: UInt64) throws -> PhysicalRange {
        try #require(PhysicalRange(start: PhysicalAddress(start), end: PhysicalAddress(end)))
    }

    private func segment(_ role: SegmentRole, _ start: UInt64, _ end: UInt64, _ contents: [UInt8] = [1]) throws -> Segment {
        Segment(role: role, memory: try range(start, end), contents: Bytes(contents), digestRule: .included)
    }

    /// An ELF core with a PT_LOAD for each: p_offset, p_paddr, p_filesz.
    private func core(_ loads: [(UInt64, UInt64, UInt64)]) -> [UInt8] {
        var kernel = SyntheticELFKernel(
            loads.map { offset, physical, size in
                var load = SyntheticELFKernel.Load(at: physical, [])
                load.offset = offset
                load.fileSize = size
                return load
            })
        kernel.type = 4
        return kernel.bytes
    }

    private func refusal(_ segments: [Segment], ram: [PhysicalRange]?) -> String? {
        do {
            try NextKernelRules.check(segments, ram: ram)
            return nil
        } catch { return "\(error)" }
    }

    @Test func segmentsLieInRAM() throws {
        let ram = [try range(0x20_0000, 0x30_0000), try range(0x10_0000, 0x20_0000), try range(0x40_0000, 0x50_0000)]
        // Across two that touch, but not across a hole, nor over an end.
        #expect(refusal([try segment(.kernel, 0x18_0000, 0x28_0000)], ram: ram) == nil)
        for (start, end) in [(0x28_0000, 0x48_0000), (0xf_f000, 0x10_1000), (0x4f_f000, 0x50_1000), (0x60_0000, 0x60_1000)]
            as [(UInt64, UInt64)]
        {
            for role in SegmentRole.allCases where role != .elfcorehdr {
                #expect(refusal([try segment(role, start, end)], ram: ram)?.contains("segment \(role.rawValue): its memory") == true)
            }
        }
        #expect(refusal([try segment(.purgatory, 0x60_0000, 0x60_1000)], ram: nil) == nil)
        #expect(refusal([try segment(.purgatory, 0x60_0000, 0x60_1000)], ram: [])?.contains("not RAM") == true)
    }

    /// The elfcorehdr itself is kept out of the new kernel's RAM; what it describes is, too, unless its contents are elsewhere by then.
    @Test func whatIsDumpedIsNobodysRAM() throws {
        let ram = [try range(0x10_0000, 0x20_0000)]
        func header(_ loads: [(UInt64, UInt64, UInt64)]) throws -> [Segment] {
            [try segment(.elfcorehdr, 0x30_0000, 0x30_1000, core(loads))]
        }
        #expect(refusal(try header([(0, 0, 0x10_0000), (0x20_0000, 0x20_0000, 0x10_0000)]), ram: ram) == nil)
        #expect(refusal(try header([(0x50_0000, 0x10_0000, 0x1_0000)]), ram: ram) == nil)
        for (start, size) in [(0x10_0000, 0x1000), (0, 0x10_1000), (0x1f_f000, 0x10_0000), (0, 0x100_0000)] as [(UInt64, UInt64)] {
            #expect(refusal(try header([(start, start, size)]), ram: ram)?.contains("is dumped") == true)
        }
        #expect(refusal([try segment(.elfcorehdr, 0x30_0000, 0x30_1000, [0x7f, 0x45])], ram: ram) != nil)
    }
}

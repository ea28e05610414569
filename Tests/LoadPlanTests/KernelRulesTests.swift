import ByteStorage
import PhysicalMemory
import TestSupport
import Testing

@testable import LoadPlan

/// What kernel/kexec_core.c (sanity_check_segment_list) and kernel/kexec.c refuse.
@Suite struct KernelRulesTests {
    private static let elf: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]

    private func segment(_ role: SegmentRole, _ start: UInt64, _ size: UInt64, _ contents: [UInt8] = [1]) throws -> Segment {
        let memory = try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)))
        return Segment(role: role, memory: memory, contents: Bytes(contents), digestRule: .included)
    }

    private func check(
        _ segments: [Segment], entry: UInt64 = 0x1000_0000, total: UInt64? = 1 << 40
    ) throws(PlanError) {
        guard let region = PhysicalRange(start: PhysicalAddress(0x1000_0000), end: PhysicalAddress(0x2000_0000)) else { return }
        try KernelRules.check(
            segments: segments, entry: PhysicalAddress(entry), usableMemory: [region], purpose: .crash,
            totalMemory: total.map { ByteCount($0) }, pageSize: .page)
    }

    private func expectRefusal(
        _ role: SegmentRole?, saying: String, _ segments: [Segment], entry: UInt64 = 0x1000_0000, total: UInt64? = 1 << 40
    ) {
        let error = #expect(throws: PlanError.self) { try check(segments, entry: entry, total: total) }
        guard case .rule(let found, let text)? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(found == role)
        #expect(text.contains(saying), "\(text)")
    }

    @Test func whatIsAllowed() throws {
        let segments = [
            try segment(.kernel, 0x1000_0000, 0x1000), try segment(.elfcorehdr, 0x1000_1000, 0x2000, Self.elf),
            try segment(.purgatory, 0x1fff_f000, 0x1000, [UInt8](repeating: 0, count: 4096)),
        ]
        #expect(throws: Never.self) { try check(segments) }
        #expect(throws: Never.self) { try check(segments, entry: 0x1fff_ffff) }
        #expect(throws: Never.self) { try check(segments, total: nil) }
    }

    @Test func howMany() throws {
        let many = try (0..<17).map { try segment(.initrd, 0x1000_0000 + UInt64($0) * 0x1000, 0x1000) }
        #expect(throws: Never.self) { try check(Array(many.prefix(16))) }
        expectRefusal(nil, saying: "17 segments exceed the kernel's limit of 16", many)
    }

    @Test func wholePages() throws {
        expectRefusal(.initrd, saying: "whole pages", [try segment(.initrd, 0x1000_0800, 0x1000)])
        expectRefusal(.initrd, saying: "whole pages", [try segment(.initrd, 0x1000_0000, 0x1001)])
    }

    @Test func loadedBytesFitTheMemory() throws {
        expectRefusal(.initrd, saying: "do not fit", [try segment(.initrd, 0x1000_0000, 0x1000, [UInt8](repeating: 0, count: 4097))])
    }

    @Test func withinTheRegion() throws {
        expectRefusal(.initrd, saying: "outside", [try segment(.initrd, 0x0fff_f000, 0x2000)])
        expectRefusal(.initrd, saying: "outside", [try segment(.initrd, 0x1fff_f000, 0x2000)])
        expectRefusal(.initrd, saying: "outside", [try segment(.initrd, 0x3000_0000, 0x1000)])
        for entry in [0, 0x0fff_ffff, 0x2000_0000, UInt64.max] {
            expectRefusal(nil, saying: "entry", [try segment(.initrd, 0x1000_0000, 0x1000)], entry: entry)
        }
    }

    @Test func noOverlap() throws {
        expectRefusal(
            .kernel, saying: "overlaps segment initrd",
            [
                try segment(.kernel, 0x1000_0000, 0x3000), try segment(.initrd, 0x1000_2000, 0x1000),
            ])
    }

    /// On hotplug the kernel takes the last segment that begins so for the elfcorehdr.
    @Test func theELFMagicMarksTheElfcorehdrAndNothingElse() throws {
        for role in SegmentRole.allCases where role != .elfcorehdr {
            expectRefusal(role, saying: "ELF magic", [try segment(role, 0x1000_0000, 0x1000, Self.elf)])
        }
        expectRefusal(.elfcorehdr, saying: "ELF magic", [try segment(.elfcorehdr, 0x1000_0000, 0x1000)])
        expectRefusal(.elfcorehdr, saying: "ELF magic", [try segment(.elfcorehdr, 0x1000_0000, 0x1000, [])])
    }

    @Test func halfOfRAM() throws {
        let one = [try segment(.initrd, 0x1000_0000, 0x10_0000)]
        #expect(throws: Never.self) { try check(one, total: 0x20_0000) }
        expectRefusal(.initrd, saying: "more than half", one, total: 0x1f_ffff)
        expectRefusal(.initrd, saying: "more than half", one, total: 0)
        let two = one + [try segment(.kernel, 0x1100_0000, 0x10_0000)]
        #expect(throws: Never.self) { try check(two, total: 0x40_0000) }
        expectRefusal(nil, saying: "together", two, total: 0x3f_ffff)
    }
}

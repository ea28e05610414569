import ELF
import Inspection
import LoadPlan
import PhysicalMemory
import TestSupport
import Testing

/// What the elfcorehdr describes, against the machine: each finding by one change.
struct HeaderTests {
    /// The synthetic machine after it was loaded, with other files.
    private func changed(_ change: (inout SyntheticSysroot) -> Void) throws -> [Finding] {
        let machine = try LoadedMachine()
        var after = LoadedMachine.synthetic
        change(&after)
        let files = try after.write()
        for name in files.allFiles() where name != "proc/kcore" { try machine.folder.write(try files.read(name), to: name) }
        return try machine.inspect().findings
    }

    private func range(_ start: UInt64, _ last: UInt64) throws -> PhysicalRange {
        try #require(PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last)))
    }

    @Test func aHeaderSaysWhatItDescribes() throws {
        let machine = try LoadedMachine()
        let header = try #require(try machine.inspect().header)
        #expect(header.start == (try machine.segment(.elfcorehdr).memory.start))
        #expect(header.notes == 3)
        // The kernel's text first, then RAM before and behind the region.
        let text = try range(0x100_0000, 0x3c2_ffff)
        let (low, high) = (try range(0x10_0000, 0x6dff_ffff), try range(0x6e80_0000, 0x7fff_ffff))
        #expect(header.memory == [low, text, high])
        // 917,616 bytes of program headers that sysfs names, an ELF header before them, in whole pages of 4096.
        #expect(header.room == (921_600 - 64) / 56 - 6)
    }

    @Test func memoryThatCameIsMissing() throws {
        let findings = try changed { $0.iomem.append(.init(0x1_0000_0000, 0x1_0fff_ffff, "System RAM")) }
        #expect(findings == [.memoryMissing(try range(0x1_0000_0000, 0x1_0fff_ffff))])
        #expect(findings[0].text == "memory 0x100000000-0x10fffffff is missing from the elfcorehdr: it will not be in the dump")
    }

    @Test func memoryThatWentIsStillDescribed() throws {
        let findings = try changed { $0.iomem[0].last = 0x77ff_ffff }
        #expect(findings == [.memoryGone(try range(0x7800_0000, 0x7fff_ffff))])
    }

    @Test func possibleCPUsWithoutANote() throws {
        let findings = try changed {
            $0.cpus += [2, 3, 4, 6].map { .init($0, crashNotes: 0x3da0_0000 + UInt64($0) << 12) }
            $0.cpus[1].crashNotes = 0x3dff_0000
        }
        // By the order in the list of possible CPUs, which here is that of their numbers up to 4.
        #expect(findings == [.notesMissing([1, 2, 3, 4, 5])])
        #expect(findings[0].text.hasPrefix("CPUs 1-5 are missing"))
    }

    @Test func vmcoreinfoThatMoved() throws {
        let findings = try changed { $0.vmcoreinfo = "0x0000000003dc5000 1024\n" }
        // The size is hexadecimal, too.
        #expect(findings == [.vmcoreinfoMoved(try range(0x3dc_5000, 0x3dc_6023))])
    }

    /// 72 program headers fill a page behind the ELF header: 2 CPUs, VMCOREINFO, the text and 68 ranges.
    @Test func aHeaderThatIsFull() throws {
        var machine = LoadedMachine.synthetic
        machine.iomem = [
            .init(0x10_0000, 0x6fff_ffff, "System RAM"), .init(0x100_0000, 0x1ff_ffff, "Kernel code", level: 1),
            .init(LoadedMachine.region.start, LoadedMachine.region.last, "Crash kernel", level: 1),
        ]
        machine.iomem += (0..<66).map { .init(0x1_0000_0000 + $0 << 21, 0x1_000f_ffff + $0 << 21, "System RAM") }
        machine.elfcorehdrCapacity = 72 * 56
        let loaded = try LoadedMachine(machine)
        #expect(try loaded.inspect().findings == [.headerFull(try loaded.segment(.elfcorehdr).memory)])
        // Nobody rewrites it without --hotplug, so it need not grow.
        #expect(try LoadedMachine(machine, hotplug: false).inspect().findings.isEmpty)
    }

    @Test func aHeaderThatIsNone() throws {
        let machine = try LoadedMachine()
        let start = try machine.segment(.elfcorehdr).memory.start
        func finding(_ bytes: [UInt8], at offset: UInt64) throws -> String? {
            let before = try machine.read(start + offset, bytes.count)
            try machine.write(bytes, at: start + offset)
            defer { try? machine.write(before, at: start + offset) }
            let inspection = try machine.inspect()
            guard inspection.findings.count == 1, case .headerMalformed(start, let why) = inspection.findings[0] else { return nil }
            #expect(inspection.header == nil && inspection.isIntact == false && !inspection.isCurrent)
            return why
        }
        #expect(try finding([0], at: 0)?.contains("ELF") == true)
        #expect(try finding([1], at: 16)?.hasPrefix("not a core header") == true)
        #expect(try finding([0xf0, 0xff], at: 56)?.contains("65520 program headers end after") == true)
        #expect(try finding([0xff, 0xff], at: 56) != nil)
        #expect(try finding([UInt8](repeating: 0xff, count: 8), at: 32) != nil)
        #expect(try finding([6], at: 64)?.contains("neither PT_LOAD nor PT_NOTE") == true)
        // p_paddr of the text.
        #expect(try finding([UInt8](repeating: 0xff, count: 8), at: 64 + 3 * 56 + 24)?.contains("beyond the address space") == true)
    }
}

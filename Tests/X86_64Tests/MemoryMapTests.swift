import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

@testable import X86_64

/// The memory map of the capture kernel.
@Suite(.enabled(if: CHeaders.haveBootParams, "<asm/bootparam.h> is on x86 only"))
struct MemoryMapTests {
    /// All entries, those of the setup_data included.
    private func map(_ plan: LoadPlan) throws -> [MapEntry] {
        return try MapEntry.table(ofBootParams: plan.bytes(.bootParameters))
            + plan.setupDataList().filter { $0.type == CHeaders.constant("SETUP_E820_EXT") }.flatMap { try MapEntry.table($0.data[...]) }
    }

    @Test func types() {
        #expect(UInt64(E820Entry.size) == CHeaders.size("boot_e820_entry").map(UInt64.init))
        #expect(UInt64(BootParameters.e820Capacity) == CHeaders.constant("E820_MAX_ENTRIES_ZEROPAGE"))
        for (kind, name) in [
            (E820Entry.Kind.ram, "E820_RAM"), (.reserved, "E820_RESERVED"), (.acpi, "E820_ACPI"),
            (.acpiNonVolatile, "E820_NVS"), (.unusable, "E820_UNUSABLE"), (.persistent, "E820_PMEM"), (.protected, "E820_PRAM"),
        ] { #expect(UInt64(kind.rawValue) == CHeaders.constant(name), "\(name)") }
    }

    /// e820_type_to_string() of the kernel, turned round.
    @Test func namesOfIomem() {
        let known: [(String, UInt32?)] = [
            ("Reserved", 2), ("reserved", 2), ("ACPI Tables", 3), ("ACPI Non-volatile Storage", 4), ("Unusable memory", 5),
            ("Persistent Memory", 7), ("Persistent Memory (legacy)", 12), ("Soft Reserved", 0xefff_ffff), ("System RAM", nil),
            ("Unknown E820 type", 2), ("Kernel code", nil), ("Crash kernel", nil), ("PCI Bus 0000:00", nil), ("Video ROM", nil), ("", nil),
        ]
        for (name, type) in known { #expect(E820Entry.Kind(resourceName: name)?.rawValue == type, "\(name)") }
    }

    /// 128 entries fit boot_params, the rest goes into a setup_data: none is lost at the seam.
    @Test(arguments: [0, 120, 124, 125, 126, 127, 128, 129, 300, 3000]) func manyEntries(_ reserved: Int) throws {
        var machine = SyntheticSysroot()
        for index in 0..<UInt64(reserved) {
            machine.iomem.append(.init(0x1_0000_0000 + index * 0x10_0000, 0x1_0000_0fff + index * 0x10_0000, "Reserved"))
        }
        let plan = try plan(smallRequest(), on: machine)
        let region = try plan.region()
        let elfcorehdr = try plan.start(.elfcorehdr)
        var expected = machine.iomem.filter { $0.name == "Reserved" }.map { MapEntry(start: $0.start, last: $0.last, type: 2) }
        expected.append(MapEntry(start: 0x1000, last: 0x9fbff, type: 1))
        expected.append(MapEntry(start: region.start.rawValue, last: elfcorehdr - 1, type: 1))
        #expect(try map(plan) == expected.sorted { $0.start < $1.start })
        #expect(try plan.bootParameter("e820_entries") == UInt64(min(128, expected.count)))
        #expect(expected.count == reserved + 5)
    }

    /// All but what dax_hmem would make RAM of.
    @Test func everyKindStaysWhatItIs() throws {
        var machine = SyntheticSysroot()
        let kinds: [(String, UInt64)] = [
            ("ACPI Tables", 3), ("ACPI Non-volatile Storage", 4), ("Unusable memory", 5), ("Persistent Memory", 7),
            ("Persistent Memory (legacy)", 12), ("Soft Reserved", 0), ("PCI Bus 0000:00", 0), ("Video ROM", 0),
        ]
        for (index, (name, _)) in kinds.enumerated() {
            let start = 0x1_0000_0000 + UInt64(index) * 0x1000_0000
            machine.iomem.append(.init(start, start + 0xff_ffff, name))
        }
        let found = try map(plan(smallRequest(), on: machine)).filter { $0.start >= 1 << 32 }
        #expect(found.map(\.type) == kinds.map(\.1).filter { $0 != 0 })
        #expect(found.map(\.start) == (0..<5).map { 0x1_0000_0000 + $0 * 0x1000_0000 })
    }

    /// crashkernel=…,high: segments go into the higher region, the lower is RAM for DMA.
    @Test func twoRegions() throws {
        var machine = SyntheticSysroot()
        machine.iomem.append(.init(0x1_0000_0000, 0x2_7fff_ffff, "System RAM"))
        machine.iomem.append(.init(0x2_4000_0000, 0x2_5fff_ffff, "Crash kernel", level: 1))
        let plan = try plan(smallRequest(), on: machine)
        #expect(try plan.region().start.rawValue == 0x2_4000_0000)
        #expect(plan.segments.allSatisfy { $0.memory.start.rawValue >= 0x2_4000_0000 })
        let ram = try map(plan).filter(\.isRAM)
        #expect(
            ram == [
                MapEntry(start: 0x1000, last: 0x9fbff, type: 1), MapEntry(start: 0x6e00_0000, last: 0x7dff_ffff, type: 1),
                MapEntry(start: 0x2_4000_0000, last: try plan.start(.elfcorehdr) - 1, type: 1),
            ])
        // Neither is dumped.
        let dumped = try plan.dumpedMemory()
        #expect(dumped.map(\.physicalAddress) == [0x10_0000, 0x7e00_0000, 0x1_0000_0000, 0x2_6000_0000])
        #expect(dumped.map { $0.physicalAddress + $0.memorySize } == [0x6e00_0000, 0x7ffe_0000, 0x2_4000_0000, 0x2_8000_0000])
    }

    /// crashkernel=…,cma: RAM for the capture kernel, no part of the dump.
    @Test func movablePagesLentToTheCrashKernel() throws {
        var machine = SyntheticSysroot()
        machine.files["sys/kernel/kexec/crash_cma_ranges"] = "40000000-4fffffff\n"
        let plan = try plan(smallRequest(), on: machine)
        #expect(try map(plan).contains(MapEntry(start: 0x4000_0000, last: 0x4fff_ffff, type: 1)))
        let dumped = try plan.dumpedMemory()
        #expect(dumped.map(\.physicalAddress) == [0x10_0000, 0x5000_0000, 0x7e00_0000])
    }

    /// --mem-max puts elfcorehdr amid the region: what is above it is RAM, too.
    @Test func elfcorehdrAmidTheRegion() throws {
        var request = try smallRequest()
        request.memoryWindow = PhysicalRange(start: PhysicalAddress(0x7000_0000), end: PhysicalAddress(0x7800_0000))
        let plan = try plan(request, on: SyntheticSysroot())
        let elfcorehdr = try #require(plan.segment(.elfcorehdr)).memory
        #expect(elfcorehdr.end.rawValue == 0x7800_0000)
        #expect(
            try map(plan).filter { $0.isRAM && $0.start >= 1 << 20 } == [
                MapEntry(start: 0x6e00_0000, last: elfcorehdr.start.rawValue - 1, type: 1),
                MapEntry(start: elfcorehdr.end.rawValue, last: 0x7dff_ffff, type: 1),
            ])
    }

    /// Twelve thousand ranges of RAM, all in the dump and none in the map.
    @Test func aMachineInPieces() throws {
        var machine = SyntheticSysroot()
        let starts = (0..<12_000 as Range<UInt64>).map { 0x1_0000_0000 + $0 * 0x200_0000 }
        for start in starts { machine.iomem.append(.init(start, start + 0xff_ffff, "System RAM")) }
        let plan = try plan(smallRequest(hotplug: true), on: machine)
        let elfcorehdr = try plan.bytes(.elfcorehdr)
        let table = try #require(CoreProgramHeader.table(of: elfcorehdr))
        // Two CPUs, VMCOREINFO, the text, two ranges of RAM below 4 GiB.
        #expect(table.count == 6 + 12_000)
        #expect(table.suffix(12_000).map(\.physicalAddress) == starts)
        #expect(try map(plan).count == 5)
        #expect(plan.segment(.elfcorehdr)?.memory.size.rawValue == 921_600)
    }
}

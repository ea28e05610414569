import HostState
import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// Machines of public reports (Tests/Fixtures/cases), and their sisters. What is right is what the kernel files say that each test names.
@Suite(.enabled(if: CHeaders.haveBootParams, "<asm/bootparam.h> is on x86 only")) struct ReportedMachineTests {
    private func reboot(_ folder: TemporaryFolder) throws -> LoadPlan {
        var request = try smallRequest()
        request.purpose = .reboot
        return try plan(request, on: folder.path)
    }

    /// mm/memory_hotplug.c, add_memory_driver_managed; kernel/kexec_file.c, locate_mem_hole_callback.
    @Test(arguments: [true, false], [ReportedCase.driverManagedRAM, .softReserved])
    func driversMemoryIsNotForImages(hasFirmwareMap: Bool, _ reported: ReportedCase) throws {
        let machine = try reported.machine()
        let managed = try #require(
            HostState.read(SystemRoot(machine.path)).ioMemory.resources.first { $0.name.hasPrefix("System RAM (") }
        ).range
        if !hasFirmwareMap { try machine.remove("sys/firmware/memmap") }
        let plan = try reboot(machine)
        #expect(plan.segments.allSatisfy { !$0.memory.overlaps(managed) })
        try plan.expectEverySegmentInRAM()
        #expect(try plan.memoryMap().allSatisfy { !$0.isRAM || $0.last < managed.start.rawValue || $0.start >= managed.end.rawValue })
        let crash = try X86_64Tests.plan(smallRequest(), on: machine.path)
        #expect(
            try crash.dumpedMemory().contains { $0.physicalAddress == managed.start.rawValue && $0.memorySize == managed.size.rawValue })
    }

    /// arch/x86/kernel/crash.c, crash_setup_memmap_entries; a kernel that takes the whole machine is told of it as this one was.
    @Test(arguments: [true, false]) func softReservedIsNotToldToCaptureKernels(hasFirmwareMap: Bool) throws {
        let machine = try ReportedCase.softReserved.machine()
        if !hasFirmwareMap { try machine.remove("sys/firmware/memmap") }
        #expect(try !plan(smallRequest(), on: machine.path).memoryMap().contains { $0.last >= 0x10_5000_0000 && $0.start < 0xfd_0000_0000 })
        #expect(try reboot(machine).memoryMap().contains(MapEntry(start: 0x10_5000_0000, last: 0x18_4fff_ffff, type: 0xefff_ffff)))
        // Nor to one that this one waits for.
        var visit = try smallRequest()
        visit.purpose = .reboot
        visit.preservesContext = true
        visit.memoryWindow = PhysicalRange(start: PhysicalAddress(0x4000_0000), end: PhysicalAddress(0x4800_0000))
        #expect(try !plan(visit, on: machine.path).memoryMap().contains { $0.type == 0xefff_ffff })
    }

    /// LOAD_PHYSICAL_ADDR in arch/x86/boot/compressed/head_64.S.
    @Test func noKernelBelowItsPreferredAddress() throws {
        let machine = try ReportedCase.regionAtEightMebibytes.machine()
        let message = #expect(throws: PlanError.self) { try plan(capturedRequest(hotplug: false), on: machine.path) }
        #expect(message.map { "\($0)" }?.contains("at or above 0x1000000") == true)
        let small = try plan(smallRequest(), on: machine.path)
        #expect(try small.start(.kernel) >= 0x100_0000)
    }

    /// arch/x86/kernel/e820.c, e820_type_to_string; ACPI Specification, address range types.
    @Test(arguments: ["Unknown E820 type", "something new", ""]) func unknownTypesAreReserved(_ name: String) throws {
        let machine = try ReportedCase.unknownE820Type.machine()
        for entry in ["0", "3"] { try machine.write(name + "\n", to: "sys/firmware/memmap/\(entry)/type") }
        let unknown = [MapEntry(start: 0, last: 0xfff, type: 2), MapEntry(start: 0x7ff6_3000, last: 0x7fff_ffff, type: 2)]
        for made in [try reboot(machine), try plan(smallRequest(), on: machine.path)] {
            let map = try made.memoryMap()
            #expect(unknown.allSatisfy(map.contains), "\(map)")
            try made.expectEverySegmentInRAM()
        }
    }

    /// The kernel's own name for it is enough where it does not export firmware's map; other names are devices'.
    @Test func unknownTypesByIomemAlone() throws {
        let machine = try ReportedCase.unknownE820Type.machine()
        try machine.remove("sys/firmware/memmap")
        let map = try reboot(machine).memoryMap()
        #expect(map.contains(MapEntry(start: 0x7ff6_3000, last: 0x7fff_ffff, type: 2)))
    }

    /// drivers/hv/vmbus_drv.c, vmbus_reserve_fb.
    @Test func aFramebufferToKeepAwayFrom() throws {
        let machine = try ReportedCase.hyperVFramebuffer.machine()
        let plan = try plan(smallRequest(), on: machine.path)
        // include/uapi/linux/screen_info.h: orig_video_isVGA, lfb_base, lfb_size.
        let screen = try plan.bytes(.bootParameters)
        #expect(screen[0x0f] == 0)
        #expect(Array(screen[0x18..<0x20]) == [0, 0, 0, 0x40, 0, 0, 0x30, 0])
    }
}

extension LoadPlan {
    /// All of it, the part in setup_data included.
    func memoryMap() throws -> [MapEntry] {
        try MapEntry.table(ofBootParams: bytes(.bootParameters))
            + setupDataList().filter { $0.type == CHeaders.constant("SETUP_E820_EXT") }.flatMap { try MapEntry.table($0.data[...]) }
    }

    /// RAM of the memory map in the plan's own bytes, counted page by page where it is in question: ranges that touch are one.
    func expectEverySegmentInRAM(_ location: SourceLocation = #_sourceLocation) throws {
        let ram = try memoryMap().filter(\.isRAM).sorted { $0.start < $1.start }
        for segment in segments where segment.role != .elfcorehdr {
            var next = segment.memory.start.rawValue
            for entry in ram where entry.start <= next && next <= entry.last { next = entry.last + 1 }
            #expect(next >= segment.memory.end.rawValue, "\(segment.role) \(segment.memory)", sourceLocation: location)
        }
    }
}

import ByteStorage
import KernelImage
import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// What a next kernel is told of memory where firmware's map and the running kernel's differ, and where segments lie then.
@Suite(.enabled(if: CHeaders.haveBootParams, "<asm/bootparam.h> is on x86 only")) struct NextKernelMemoryTests {
    /// The machine of the other tests, as its firmware describes it: 2 GiB.
    private var machine: SyntheticSysroot {
        var machine = SyntheticSysroot()
        machine.memmap = [
            (0, 0x9fbff, "System RAM"), (0x9fc00, 0x9ffff, "Reserved"), (0x10_0000, 0x7ffd_ffff, "System RAM"),
            (0x7ffe_0000, 0x7fff_ffff, "Reserved"),
        ]
        return machine
    }

    private func reboot(_ machine: SyntheticSysroot, _ change: (inout LoadRequest) -> Void = { _ in }) throws -> LoadPlan {
        var request = try smallRequest()
        request.purpose = .reboot
        change(&request)
        return try plan(request, on: machine)
    }

    @Test func theSameMapIsNoNews() throws {
        let plan = try reboot(machine)
        try plan.expectEverySegmentInRAM()
        #expect(plan.warnings.isEmpty)
    }

    /// RAM that the running kernel calls by the plain name, and firmware by another or by none: a DIMM that came later, memmap=1G@4G, kmem of
    /// Linux 5.1 to 5.7 in persistent memory.
    @Test(arguments: [nil, "Persistent Memory", "Soft Reserved", "Reserved", "a new kind"] as [String?])
    func ramThatTheMapLacks(_ type: String?) throws {
        var machine = machine
        machine.iomem.append(.init(0x1_0000_0000, 0x1_3fff_ffff, "System RAM"))
        if let type { machine.memmap.append((0x1_0000_0000, 0x1_3fff_ffff, type)) }
        let plan = try reboot(machine)
        try plan.expectEverySegmentInRAM()
        #expect(plan.segments.allSatisfy { $0.memory.end.rawValue <= 0x8000_0000 })
        #expect(plan.warnings.contains { $0.contains("lacks 1024 MiB of this kernel's RAM") }, "\(plan.warnings)")
    }

    /// mm/memory_hotplug.c tells sysfs of a DIMM (firmware_map_add_hotplug), and so the next kernel.
    @Test func aDIMMThatTheMapHas() throws {
        var machine = machine
        machine.iomem.append(.init(0x1_0000_0000, 0x1_3fff_ffff, "System RAM"))
        machine.memmap.append((0x1_0000_0000, 0x1_3fff_ffff, "System RAM"))
        let plan = try reboot(machine)
        try plan.expectEverySegmentInRAM()
        #expect(try plan.start(.kernel) >= 1 << 32)
        #expect(plan.warnings.isEmpty)
    }

    /// Firmware's map says twice what a range is: it is not RAM, as e820__update_table decides, too.
    @Test func aMapThatOverlaps() throws {
        var machine = machine
        machine.iomem.append(.init(0x1_0000_0000, 0x1_3fff_ffff, "System RAM"))
        machine.memmap += [(0x1_0000_0000, 0x1_3fff_ffff, "System RAM"), (0x1_2000_0000, 0x1_3fff_ffff, "Persistent Memory")]
        let plan = try reboot(machine)
        try plan.expectEverySegmentInRAM()
        #expect(try plan.start(.kernel) < 0x1_2000_0000)
        #expect(try plan.memoryMap().filter { $0.isRAM && $0.last >= 0x1_2000_0000 }.isEmpty)
    }

    /// The parameters that make the running kernel's map its own (kernel-parameters.txt): it uses 1 GiB, firmware has two.
    @Test(
        arguments: [
            "mem=1G", "memmap=1G", "memmap=1G$1G", "memmap=0x3fe00000!0x40000000", "memmap=exactmap", "memmap=1G%1G-1+2",
            "efi_fake_mem=1G@1G:0x40000",
        ])
    func parametersOfTheRunningKernel(_ parameter: String) throws {
        var machine = machine
        machine.commandLine = "console=ttyS0 \(parameter) memory_corruption_check=0 -- mem=3G"
        machine.iomem = [
            .init(0x1000, 0x9fbff, "System RAM"), .init(0x10_0000, 0x3fff_ffff, "System RAM"),
            .init(0x100_0000, 0x1ff_ffff, "Kernel code", level: 1),
        ]
        let plan = try reboot(machine)
        try plan.expectEverySegmentInRAM()
        #expect(plan.segments.allSatisfy { $0.memory.end.rawValue <= 0x4000_0000 })
        // The map is firmware's.
        #expect(try plan.memoryMap().contains(MapEntry(start: 0x10_0000, last: 0x7ffd_ffff, type: 1)))
        #expect(
            plan.warnings.contains {
                $0.contains("sys/firmware/memmap), with 1048448 KiB of RAM that this kernel does not use (\(parameter))")
            }, "\(plan.warnings)")
    }

    /// Parameters that change nothing are nobody's concern.
    @Test func parametersWithoutEffect() throws {
        var machine = machine
        machine.commandLine = "mem=64G memmap=64G mem_encrypt=on hugepages=4"
        #expect(try reboot(machine).warnings.isEmpty)
    }

    /// The running kernel was told that firmware's map is not all of it, and took EFI's into its own (do_add_efi_memmap()).
    @Test func addEFIMemmap() throws {
        var machine = machine
        machine.commandLine = "add_efi_memmap"
        machine.iomem.append(.init(0x1_0000_0000, 0x1_3fff_ffff, "System RAM"))
        let plan = try reboot(machine)
        try plan.expectEverySegmentInRAM()
        #expect(try plan.memoryMap().contains(MapEntry(start: 0x1_0000_0000, last: 0x1_3fff_ffff, type: 1)))
        #expect(plan.warnings.contains { $0.contains("proc/iomem), which is not firmware's (add_efi_memmap)") }, "\(plan.warnings)")
    }

    /// No CONFIG_FIRMWARE_MEMMAP: /proc/iomem has to do, and says itself what came of mem=.
    @Test func withoutFirmwaresMap() throws {
        var machine = SyntheticSysroot()
        machine.iomem += [
            .init(0x1_0000_0000, 0x1_ffff_ffff, "Persistent Memory"), .init(0x1_0000_0000, 0x1_ffff_ffff, "dax0.0", level: 1),
            .init(0x1_0000_0000, 0x1_ffff_ffff, "System RAM (kmem)", level: 2), .init(0x2_0000_0000, 0x2_ffff_ffff, "System RAM (dxgkrnl)"),
        ]
        let plan = try reboot(machine)
        try plan.expectEverySegmentInRAM()
        let high = try plan.memoryMap().filter { $0.start >= 1 << 32 }
        #expect(high == [MapEntry(start: 0x1_0000_0000, last: 0x1_ffff_ffff, type: 7)])
        #expect(plan.warnings.isEmpty)
        machine.commandLine = "mem=2G"
        #expect(try reboot(machine).warnings.contains { $0.contains("which is not firmware's (mem=2G)") })
    }

    /// A capture kernel is not told of persistent memory that the dead kernel has made RAM of: its driver would make it once more.
    @Test func persistentMemoryWithRAMInIt() throws {
        var machine = SyntheticSysroot()
        machine.iomem += [
            .init(0x1_0000_0000, 0x1_ffff_ffff, "Persistent Memory"), .init(0x1_0000_0000, 0x1_ffff_ffff, "System RAM (kmem)", level: 1),
            .init(0x2_0000_0000, 0x2_ffff_ffff, "Persistent Memory"),
        ]
        let plan = try plan(smallRequest(), on: machine)
        #expect(try plan.memoryMap().filter { $0.start >= 1 << 32 } == [MapEntry(start: 0x2_0000_0000, last: 0x2_ffff_ffff, type: 7)])
        #expect(try plan.dumpedMemory().map(\.physicalAddress).last == 0x1_0000_0000)
    }

    /// More entries than boot_params holds; the highest RAM, where segments go, stands behind the seam.
    @Test func ramBehindTheSeam() throws {
        var machine = machine
        for index in 0..<200 as Range<UInt64> {
            let start = 0x1_0000_0000 + index * 0x400_0000
            machine.memmap += [(start, start + 0x1ff_ffff, "System RAM"), (start + 0x200_0000, start + 0x3ff_ffff, "Reserved")]
            machine.iomem += [
                .init(start, start + 0x1ff_ffff, "System RAM"), .init(start + 0x200_0000, start + 0x3ff_ffff, "Reserved"),
            ]
        }
        let plan = try reboot(machine)
        #expect(try MapEntry.table(ofBootParams: plan.bytes(.bootParameters)).count == 128)
        #expect(try plan.memoryMap().count == 404)
        #expect(try plan.start(.kernel) > 0x3_0000_0000)
        try plan.expectEverySegmentInRAM()
    }

    /// setup_data splits RAM in /proc/iomem (e820__reserve_setup_data); what touches is one.
    @Test func ramInPieces() throws {
        var machine = machine
        machine.iomem = [
            .init(0x1000, 0x9fbff, "System RAM"), .init(0x10_0000, 0x3000_0fff, "System RAM"),
            .init(0x3000_1000, 0x3000_1fff, "System RAM"),
            .init(0x3000_2000, 0x7ffd_ffff, "System RAM"),
        ]
        var image = SyntheticBzImage.small()
        image.initSize = 0x5800_0000
        machine.memTotalKiB = 4 << 20
        let kernel = try KernelFile(Bytes(image.bytes))
        let plan = try reboot(machine) { $0.kernel = .init(name: "vmlinuz", contents: kernel) }
        #expect(try plan.start(.kernel) < 0x3000_1000)
        #expect(plan.warnings.isEmpty)
    }

    /// Limits of the user's own are taken with the map, not instead of it.
    @Test func limitsOverMemoryThatTheMapLacks() throws {
        var machine = machine
        machine.iomem.append(.init(0x1_0000_0000, 0x1_3fff_ffff, "System RAM"))
        let error = #expect(throws: PlanError.self) {
            try reboot(machine) {
                $0.memoryWindow = PhysicalRange(start: PhysicalAddress(0x1_0000_0000), end: PhysicalAddress(0x1_4000_0000))
            }
        }
        guard case .doesNotFit(let shortage)? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(shortage.remedy == .widerLimits)
    }

    /// Nothing is RAM for both.
    @Test func aMapWithoutRAM() throws {
        var machine = machine
        machine.memmap = [(0x10_0000, 0x7ffd_ffff, "a new kind")]
        let error = #expect(throws: PlanError.self) { try reboot(machine) }
        #expect(error.map { "\($0)" }?.contains("no RAM for an image above the first MiB that is RAM of the new kernel, too") == true)
    }
}

import LoadPlan
import PhysicalMemory
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// Firmware other than that of the recorded guest: what it keeps is left alone, and purgatory is told what
/// the kernel has to know of it.
@Suite struct FirmwareTests {
    private static let tree = "proc/device-tree"

    /// The guest without hypervisor and RTAS, with OPAL in the crash region's last MiB but one.
    private func powerNV() throws -> TemporaryFolder {
        try Pseries.changed {
            try $0.remove("\(Self.tree)/rtas")
            try $0.write("ibm,opal\0", to: "\(Self.tree)/ibm,opal/name")
            try $0.write(cells(0, 0x2fe0_0000), to: "\(Self.tree)/ibm,opal/opal-base-address")
            try $0.write(cells(0, 0x2fe0_1234), to: "\(Self.tree)/ibm,opal/opal-entry-address")
            try $0.write(cells(0, 0x0010_0000), to: "\(Self.tree)/ibm,opal/opal-runtime-size")
        }
    }

    private static let opal = PhysicalRange(start: PhysicalAddress(0x2fe0_0000), size: .mebibytes(1))

    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func opal(purpose: LoadPlan.Purpose) throws {
        let machine = try powerNV()
        let plan = try Pseries.plan(Pseries.request(purpose), on: machine.path)
        let purgatory = try PurgatoryParameters(plan)
        #expect(purgatory[PurgatoryPPC64LE.opalBase] == 0x2fe0_0000)
        #expect(purgatory[PurgatoryPPC64LE.opalEntry] == 0x2fe0_1234)
        #expect(purgatory[PurgatoryPPC64LE.rtasEntry] == 0)
        for segment in plan.segments { #expect(Self.opal.map { !segment.memory.overlaps($0) } == true, "\(segment.role)") }
    }

    /// The crash kernel must reach it, and a dump has it.
    @Test(.enabled(if: Tool.fdtget.isAvailable, "fdtget is not installed")) func opalInTheCrashKernel() throws {
        let machine = try powerNV()
        let plan = try Pseries.plan(Pseries.request(), on: machine.path)
        let loads = try #require(CoreProgramHeader.table(of: plan.bytes(.elfcorehdr))).filter { $0.type == 1 }
        #expect(loads.contains { $0.physicalAddress == 0x2fe0_0000 && $0.memorySize == 0x10_0000 })
        let file = try machine.write(plan.bytes(.fdt), to: "fdt")
        let usable = try Tool.fdtget.text(["-t", "x", file.string, "/memory@0", "linux,usable-memory"])
        #expect(usable == "0 0 0 30000000\n")
    }

    @Test func opalWithoutAnEntry() throws {
        let machine = try powerNV()
        try machine.remove("\(Self.tree)/ibm,opal/opal-entry-address")
        #expect(throws: PlanError.self) { try Pseries.plan(Pseries.request(), on: machine.path) }
    }

    @Test func onlyRTASResets() throws {
        let machine = try powerNV()
        var request = try Pseries.request()
        request.onMismatch = .reset
        #expect(throws: PlanError.self) { try Pseries.plan(request, on: machine.path) }
    }

    /// Memory that firmware has for itself lies within RAM, and /proc/iomem does not show it.
    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func reservedMemory(purpose: LoadPlan.Purpose) throws {
        let taken: [(UInt32, UInt32)] =
            purpose == .crash
            ? [(0x2f00_0000, 0x0100_0000), (0x2000_0000, 0x0010_0000)] : [(0x7f00_0000, 0x0100_0000), (0x7800_0000, 0x0010_0000)]
        let before = try Pseries.plan(Pseries.request(purpose)).segments
        let machine = try Pseries.changed {
            try $0.write(cells(0, taken[0].0, 0, taken[0].1), to: "\(Self.tree)/reserved-ranges")
            let folder = "\(Self.tree)/reserved-memory"
            for name in ["#address-cells", "#size-cells"] { try $0.write(cells(2), to: "\(folder)/\(name)") }
            try $0.write(cells(0, taken[1].0, 0, taken[1].1), to: "\(folder)/ibm,homer@0/reg")
        }
        let after = try Pseries.plan(Pseries.request(purpose), on: machine.path).segments
        let ranges = taken.compactMap { PhysicalRange(start: PhysicalAddress(UInt64($0.0)), size: ByteCount(UInt64($0.1))) }
        func overlaps(_ segments: [Segment]) -> Bool { segments.contains { segment in ranges.contains { $0.overlaps(segment.memory) } } }
        #expect(overlaps(before) && !overlaps(after))
    }

    /// The hashed page table that the running kernel keeps itself, and tables that devices use.
    @Test func tablesOfTheRunningKernel() throws {
        let machine = try Pseries.changed {
            try $0.write(cells(0, 0x7c00_0000), to: "\(Self.tree)/chosen/linux,htab-base")
            try $0.write(cells(0, 0x0400_0000), to: "\(Self.tree)/chosen/linux,htab-size")
            try $0.write(cells(0, 0x7b00_0000), to: "\(Self.tree)/pci@800000020000000/linux,tce-base")
            try $0.write(cells(0x0010_0000), to: "\(Self.tree)/pci@800000020000000/linux,tce-size")
        }
        let plan = try Pseries.plan(Pseries.request(.reboot), on: machine.path)
        for segment in plan.segments {
            #expect(segment.memory.end.rawValue <= 0x7c00_0000)
            #expect(segment.memory.end.rawValue <= 0x7b00_0000 || segment.memory.start.rawValue >= 0x7b10_0000)
        }
        #expect(try Pseries.plan(Pseries.request(.reboot)).segments.contains { $0.memory.end.rawValue > 0x7c00_0000 })
    }
}

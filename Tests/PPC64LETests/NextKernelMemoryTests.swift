import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// A reboot's image lies in memory that the tree has, and a kernel moves itself to 0 over nothing that is firmware's.
@Suite struct NextKernelMemoryTests {
    private func reboot(iomem: String? = nil, _ change: (TemporaryFolder) throws -> Void = { _ in }) throws -> LoadPlan {
        let machine = try Pseries.changed { folder in
            if let iomem { try folder.write(iomem, to: "proc/iomem") }
            try change(folder)
        }
        return try Pseries.plan(Pseries.request(.reboot), on: machine.path)
    }

    private func top(_ plan: LoadPlan) throws -> UInt64 { try #require(plan.segments.map(\.memory.end.rawValue).max()) }

    @Test func memoryThatTheTreeLacks() throws {
        let plan = try reboot(iomem: "00000000-7fffffff : System RAM\n80000000-bfffffff : System RAM\n")
        #expect(try top(plan) <= 0x8000_0000)
        #expect(plan.warnings.contains { $0.contains("lacks 1024 MiB of this kernel's RAM") }, "\(plan.warnings)")
    }

    @Test func driversMemory() throws {
        let plan = try reboot(
            iomem: "00000000-7fffffff : System RAM\n80000000-bfffffff : namespace0.0\n  80000000-bfffffff : System RAM (kmem)\n"
        ) {
            try $0.write(cells(0, 0, 0, 0xc000_0000), to: "proc/device-tree/memory@0/reg")
        }
        #expect(try top(plan) <= 0x8000_0000)
    }

    /// mem= is the running kernel's own.
    @Test func memOfTheRunningKernel() throws {
        let plan = try reboot(iomem: "00000000-4fffffff : System RAM\n") { try $0.write("mem=1280M\n", to: "proc/cmdline") }
        #expect(try top(plan) <= 0x5000_0000)
        #expect(plan.warnings.contains { $0.contains("768 MiB of RAM that this kernel does not use (mem=1280M)") }, "\(plan.warnings)")
    }

    @Test func theSameMapIsNoNews() throws { #expect(try !reboot().warnings.contains { $0.contains("memory map") }) }

    /// arch/powerpc/kernel/head_64.S, copy_and_flush.
    @Test func firmwareWhereTheKernelMovesTo() throws {
        let error = #expect(throws: PlanError.self) {
            try reboot {
                try $0.write(cells(0, 0x4_0000, 0, 0x1_0000), to: "proc/device-tree/reserved-ranges")
            }
        }
        #expect(
            error.map { "\($0)" }?.contains("it moves itself to 0x0-0x7ffff, where firmware keeps 0x40000-0x4ffff") == true,
            "\(error as Any)")
    }
}

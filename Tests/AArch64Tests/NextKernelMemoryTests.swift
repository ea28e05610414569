import DeviceTree
import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// A reboot's image lies in memory that the tree it hands over describes and nobody has reserved there (drivers/of/fdt.c).
@Suite struct NextKernelMemoryTests {
    private func reboot(on machine: TemporaryFolder) throws -> LoadPlan {
        // Too large for the running kernel's place: it goes to the top of memory.
        try Virt.plan(Virt.request(.reboot, kernel: Virt.image(imageSize: 0x300_0000)), on: machine.path)
    }

    private func top(_ plan: LoadPlan) throws -> UInt64 { try #require(plan.segments.map(\.memory.end.rawValue).max()) }

    private static let more = "100000000-13fffffff : System RAM\n"

    @Test func memoryThatTheTreeLacks() throws {
        let lacking = try reboot(on: Virt.withTree(iomem: Self.more) { _ in })
        #expect(try top(lacking) <= 0xc000_0000)
        #expect(
            lacking.warnings.contains { $0.contains("the device tree, which lacks 1024 MiB of this kernel's RAM") }, "\(lacking.warnings)")
        let there = try reboot(
            on: Virt.withTree(iomem: Self.more) { tree in
                try tree.edit("/memory@40000000") { $0.set("reg", u32s: [0, 0x4000_0000, 0, 0x8000_0000, 1, 0, 0, 0x4000_0000]) }
            })
        #expect(try top(there) > 0x1_3000_0000)
        #expect(!there.warnings.contains { $0.contains("memory map") })
    }

    /// Under EFI kernels ask firmware, whose map the running one's is made of.
    @Test func memoryByEFI() throws {
        let machine = try Virt.withTree(iomem: Self.more) { tree in
            try tree.edit("/chosen") { $0.set("linux,uefi-mmap-start", u64: 0x1000) }
        }
        #expect(try top(reboot(on: machine)) > 0x1_3000_0000)
    }

    @Test(arguments: ["System RAM (virtio_mem)", "System RAM (kmem)", "System RAM (something new)"]) func driversMemory(_ name: String)
        throws
    {
        let machine = try Virt.withTree(iomem: "100000000-17fffffff : 10000.virtio\n  100000000-13fffffff : \(name)\n") { tree in
            try tree.edit("/memory@40000000") { $0.set("reg", u32s: [0, 0x4000_0000, 0, 0x8000_0000, 1, 0, 0, 0x4000_0000]) }
        }
        #expect(try top(reboot(on: machine)) <= 0xc000_0000)
        let crash = try Virt.plan(Virt.request(), on: machine.path)
        let dumped = try #require(CoreProgramHeader.table(of: crash.bytes(.elfcorehdr)))
        #expect(dumped.contains { $0.type == 1 && $0.physicalAddress == 0x1_0000_0000 && $0.memorySize == 0x4000_0000 })
    }

    /// By the memory reservation block, and below /reserved-memory.
    @Test(arguments: [true, false]) func reservedInTheTree(byNode: Bool) throws {
        let top = try #require(PhysicalRange(start: PhysicalAddress(0x9000_0000), end: PhysicalAddress(0xc000_0000)))
        let machine = try Virt.withTree { tree in
            guard byNode else { return tree.reservations.append(top) }
            try tree.edit("/reserved-memory/keep@90000000", creating: true) { $0.set("reg", u32s: [0, 0x9000_0000, 0, 0x3000_0000]) }
            try tree.edit("/reserved-memory") { node in
                node.set("#address-cells", u32: 2)
                node.set("#size-cells", u32: 2)
            }
        }
        #expect(try reboot(on: machine).segments.allSatisfy { !$0.memory.overlaps(top) })
    }

    /// mem= is the running kernel's own: the tree still has all memory.
    @Test func memOfTheRunningKernel() throws {
        let machine = try Virt.withTree { _ in }
        try machine.write("mem=1G console=ttyAMA0\n", to: "proc/cmdline")
        let iomem = "40000000-7fffffff : System RAM\n  40200000-41f1ffff : Kernel code\n  42230000-426effff : Kernel data\n"
        try machine.write(iomem, to: "proc/iomem")
        let plan = try reboot(on: machine)
        #expect(try top(plan) <= 0x8000_0000)
        #expect(plan.warnings.contains { $0.contains("1024 MiB of RAM that this kernel does not use (mem=1G)") }, "\(plan.warnings)")
    }
}

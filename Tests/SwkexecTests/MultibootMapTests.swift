import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import TestSupport
import Testing
import X86_64

/// The memory map that a multiboot image is given, and where its parts lie by it.
struct MultibootMapTests {
    private func plan(_ version: Int, on machine: TemporaryFolder) throws -> (LoadPlan, MultibootTold) {
        let request = LoadRequest(
            purpose: .reboot, kernel: .init(name: "kernel", contents: try KernelFile(Bytes(SyntheticMultiboot(version: version).bytes))),
            initrd: nil, commandLine: KernelCommandLine("console=ttyS0"), rngSeed: [UInt8](repeating: 0x5a, count: 32))
        let plan = try Planner.plan(request, on: HostState.read(SystemRoot(machine.path)), for: X86_64())
        let info = try #require(plan.segment(.bootParameters)).memory.start.rawValue
        let memory = LoadedMemory(plan)
        return (plan, version == 1 ? try MultibootTold(multiboot: info, in: memory) : try MultibootTold(multiboot2: info, in: memory))
    }

    /// Of Linux' "Unknown E820 type" and of a name that nobody has given yet: reserved, the 2 of both specifications.
    @Test(arguments: [1, 2]) func unknownTypesAreReserved(_ version: Int) throws {
        let machine = try ReportedCase.unknownE820Type.machine()
        try machine.write("a new kind\n", to: "sys/firmware/memmap/0/type")
        let (_, told) = try plan(version, on: machine)
        #expect(told.map.contains(.init(start: 0, size: 0x1000, type: 2)))
        #expect(told.map.contains(.init(start: 0x7ff6_3000, size: 0x9_d000, type: 2)))
    }

    /// RAM below 4 GiB that firmware's map lacks is not taken, purgatory's place at the top least of all.
    @Test(arguments: [1, 2]) func onlyRAMOfTheMap(_ version: Int) throws {
        var machine = SyntheticSysroot()
        machine.iomem.append(.init(0x9000_0000, 0x9fff_ffff, "System RAM"))
        machine.iomem.append(.init(0xa000_0000, 0xafff_ffff, "System RAM (virtio_mem)"))
        machine.memmap = [(0, 0x9fbff, "System RAM"), (0x10_0000, 0x7ffd_ffff, "System RAM")]
        let (made, told) = try plan(version, on: machine.write())
        for segment in made.segments {
            #expect(
                told.map.contains {
                    $0.type == 1 && $0.start <= segment.memory.start.rawValue && segment.memory.end.rawValue <= $0.start + $0.size
                }, "\(segment.role) \(segment.memory)")
        }
        #expect(made.warnings.contains { $0.contains("lacks 256 MiB of this kernel's RAM") })
    }
}

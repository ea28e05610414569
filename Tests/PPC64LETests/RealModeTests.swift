import LoadPlan
import PhysicalMemory
import TestSupport
import Testing

/// What runs with the MMU off under a hashed page table: hash__setup_initial_memory_limit() and early_check_vec5() of arch/powerpc/mm.
@Suite struct RealModeTests {
    private static let tree = "proc/device-tree"
    private static let vector = "\(tree)/chosen/ibm,architecture-vec-5"

    /// The end of the highest segment.
    private func end(_ purpose: LoadPlan.Purpose, on machine: TemporaryFolder) throws -> UInt64 {
        try Pseries.plan(Pseries.request(purpose), on: machine.path).segments.map(\.memory.end.rawValue).max() ?? 0
    }

    /// The vector ends before the byte that names the MMU; the next block of memory touches the first one, of 512 MiB.
    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func shortVector(_ purpose: LoadPlan.Purpose) throws {
        #expect(try end(purpose, on: ReportedCase.hashedPageTable.machine()) <= 0x2000_0000)
    }

    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func noVector(_ purpose: LoadPlan.Purpose) throws {
        let machine = try ReportedCase.hashedPageTable.machine()
        try machine.remove(Self.vector)
        #expect(try end(purpose, on: machine) <= 0x2000_0000)
    }

    /// Byte 24: 0x40 is radix, 0x00 hashed, 0x80 either and 0xc0 neither of them (OV5_MMU_SUPPORT of asm/prom.h).
    @Test(arguments: [(0x40, false), (0x00, true), (0x80, true), (0xc0, true)] as [(UInt8, Bool)]) func kindOfTable(
        _ option: UInt8, _ isLimited: Bool
    ) throws {
        let machine = try ReportedCase.hashedPageTable.machine()
        try machine.write(machine.read(Self.vector) + [option], to: Self.vector)
        #expect(try (end(.crash, on: machine) <= 0x2000_0000) == isLimited)
    }

    /// Both blocks in one property, the lower one behind the other.
    @Test func twoBlocksInOneNode() throws {
        let machine = try ReportedCase.hashedPageTable.machine()
        try machine.remove("\(Self.tree)/memory@20000000")
        try machine.write(cells(0, 0x2000_0000, 0, 0x6000_0000, 0, 0, 0, 0x2000_0000), to: "\(Self.tree)/memory@0/reg")
        #expect(try end(.reboot, on: machine) <= 0x2000_0000)
    }

    /// Kernels use 1 GiB of it on CPUs before POWER9, 1 TiB on later ones: by what the CPU passes for, or by its own register.
    @Test(
        arguments: [
            (0x0f00_0004, 0x4000_0000), (0x004d_0200, 0x4000_0000), (0x0f00_0005, 0x8000_0000), (0x004e_1202, 0x8000_0000),
            (0x0080_0200, 0x8000_0000), (nil, 0x4000_0000),
        ] as [(UInt32?, UInt64)]) func limitOfTheCPU(_ version: UInt32?, _ limit: UInt64) throws
    {
        let machine = try Pseries.changed { folder in
            try folder.remove(Self.vector)
            for cpu in 0...1 {
                let name = "\(Self.tree)/cpus/PowerPC,POWER10@\(cpu)/cpu-version"
                if let version { try folder.write(cells(version), to: name) } else { try folder.remove(name) }
            }
        }
        let end = try end(.reboot, on: machine)
        #expect(end <= limit && end > limit - 0x100_0000)
    }

    /// Without a hypervisor all memory can be reached, whatever the table: skiboot's vector has no such bits.
    @Test func withoutHypervisor() throws {
        let machine = try ReportedCase.hashedPageTable.machine()
        try machine.remove("\(Self.tree)/rtas")
        try machine.write("ibm,opal\0", to: "\(Self.tree)/ibm,opal/compatible")
        #expect(try end(.crash, on: machine) > 0x2000_0000)
    }

    /// 256 MiB of the region are below the end of the first block; what asks for more is not told to make the region larger.
    @Test func tooLittleInReach() throws {
        let machine = try ReportedCase.hashedPageTable.machine()
        let kernel = SyntheticELFKernel.ppc64(bytes: 300_000, memorySize: 0x1100_0000)
        let error = #expect(throws: PlanError.self) { try Pseries.plan(Pseries.request(kernel: kernel), on: machine.path) }
        #expect(error?.description.contains("do not fit below 0x20000000") == true)
        #expect(error?.description.contains("crashkernel=") == false)
        _ = try Pseries.plan(Pseries.request(kernel: .ppc64(bytes: 300_000, memorySize: 0x0e00_0000)), on: machine.path)
    }

    @Test func regionOutOfReach() throws {
        let machine = try ReportedCase.hashedPageTable.machine()
        try machine.write(cells(0, 0x3000_0000), to: "\(Self.tree)/chosen/linux,crashkernel-base")
        let error = #expect(throws: PlanError.self) { try Pseries.plan(Pseries.request(), on: machine.path) }
        #expect(error?.description.contains("with a hashed page table an image lies below 0x20000000") == true)
    }
}

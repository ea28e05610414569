import FirmwareAssistedDump
import HostState
import PhysicalMemory
import TestSupport
import Testing

@Suite struct FadumpSizesTests {
    private static let gibibyte: UInt64 = 1 << 30

    /// The recorded guest: 2 GiB, crashkernel=512M, 4 KiB pages, NR_CPUS=16.
    private func guest() throws -> FadumpSizes.Machine {
        var machine = FadumpSizes.Machine(memory: ByteCount(2 * Self.gibibyte))
        machine.crashKernel = .mebibytes(512)
        machine.page = .kibibytes(4)
        machine.cpuMask = 8
        let firmware = try #require(try FirmwareSizes.read(SystemRoot(FadumpFixture.plain.sysroot(.first))))
        machine.cpuState = firmware.cpuState
        machine.hashPageTable = firmware.hashPageTable
        return machine
    }

    /// What the kernel itself reserved, by its mem_reserved.
    @Test func theRecordedGuest() throws {
        let sizes = try FadumpSizes(guest())
        let told = try #require(try SystemRoot(FadumpFixture.plain.sysroot(.first)).number(FadumpState.reservedBytesName))
        #expect(sizes.newer.reserved.rawValue == told)
        #expect(sizes.newer.header.rawValue == 432)
        #expect(sizes.newer.elfcorehdrRoom == .zero)
        #expect(sizes.bootMemory == .mebibytes(512))
        #expect(sizes.firmwareAreas == .kibibytes(4))
        #expect(!sizes.isCapped)
        // page_align(64 + 56 * 4)
        #expect(sizes.captureBuffer == .kibibytes(4))
    }

    /// By the sums that the facts name: the header of 416 bytes, the elfcorehdr behind it at 0x400011a0 in a 6.1 guest.
    @Test func theOlderSchemeOfTheSameGuest() throws {
        let sizes = try FadumpSizes(guest())
        #expect(sizes.older.header.rawValue == 0x1a0)
        #expect(0x2000_0000 + sizes.firmwareAreas.rawValue + sizes.bootMemory.rawValue + sizes.older.header.rawValue == 0x4000_11a0)
        #expect(sizes.older.reserved.rawValue == 0x1000 + 0x2000_0000 + 0x1000)
        #expect(sizes.older.elfcorehdrRoom.rawValue == 0x1000 - 0x1a0)
        // (3680 - 64) / 56 = 64.57 headers, of which two are notes.
        #expect(sizes.olderLoads == 62)
    }

    /// fadump_reserve_mem= counts where crashkernel= does not, and is not cut to a quarter (fadump_calculate_reserve_size()).
    @Test(
        arguments: [(nil, 1024, 1024), (512, 1024, 512), (0, 1024, 1024), (nil, 319, nil), (nil, 0, 320)] as [(UInt32?, UInt32, UInt32?)])
    func reserveParameter(_ crashKernel: UInt32?, _ reserve: UInt32, _ expected: UInt32?) throws {
        var machine = FadumpSizes.Machine(memory: ByteCount(3 * Self.gibibyte))
        machine.crashKernel = crashKernel.map { .mebibytes($0) }
        machine.reserveParameter = .mebibytes(reserve)
        #expect((try? FadumpSizes(machine))?.bootMemory == expected.map { .mebibytes($0) })
        if expected == nil { #expect(throws: FadumpSizesError.self) { try FadumpSizes(machine) } }
    }

    /// FADUMP_CMA_ALIGNMENT: 64 KiB << 8, 4 KiB << 12; it may lift too little to enough.
    @Test(arguments: [(513, 528), (512, 512), (305, 320), (304, nil)] as [(UInt32, UInt32?)])
    func alignmentForCMA(_ asked: UInt32, _ expected: UInt32?) throws {
        var machine = FadumpSizes.Machine(memory: ByteCount(4 * Self.gibibyte))
        machine.crashKernel = .mebibytes(asked)
        machine.isAlignedForCMA = true
        #expect((try? FadumpSizes(machine))?.bootMemory == expected.map { .mebibytes($0) })
    }

    /// OPAL copies less than 4 GiB at once, so that more boot memory is more regions, each with a program header.
    @Test func regionsOfOPAL() throws {
        func buffer(_ platform: FadumpSizes.Platform, _ bootMemory: UInt64) throws -> UInt64 {
            var machine = FadumpSizes.Machine(memory: ByteCount(1024 * Self.gibibyte))
            machine.crashKernel = ByteCount(bootMemory * Self.gibibyte)
            machine.platform = platform
            machine.page = .kibibytes(4)
            machine.memoryRegions = 67
            return try FadumpSizes(machine).captureBuffer.rawValue
        }
        // 64 + 56 * (2 + 1 + 67) is 3984, and with three regions 4096 in a page of 4096; a fourth is too much.
        #expect(try buffer(.powernv, 1) == 4096 && buffer(.powernv, 11) == 4096 && buffer(.powernv, 12) == 8192)
        #expect(try buffer(.pseries, 12) == 4096)
    }

    @Test func platformOfTheDeviceTree() throws {
        let machine = try TemporaryFolder()
        #expect(FadumpSizes.Platform.read(SystemRoot(machine.path)) == nil)
        try machine.write("x", to: "proc/device-tree/rtas/name")
        #expect(FadumpSizes.Platform.read(SystemRoot(machine.path)) == .pseries)
        try machine.write("x", to: "proc/device-tree/ibm,opal/compatible")
        #expect(FadumpSizes.Platform.read(SystemRoot(machine.path)) == .powernv)
    }

    /// Memory in GiB, crashkernel= in MiB, boot memory in MiB; nil where there is none to be had.
    @Test(
        arguments: [
            (2, nil, 320), (6, nil, 320), (7, nil, 320), (10, nil, 512), (64, nil, 3072), (100, nil, 5120), (1024, nil, 52224),
            (2, 512, 512), (2, 320, 320), (2, 319, nil), (2, 600, 512), (64, 1024, 1024), (64, 20480, 16384), (1, 320, nil), (2, 0, 320),
        ] as [(UInt64, UInt32?, UInt32?)])
    func bootMemory(_ memory: UInt64, _ crashKernel: UInt32?, _ expected: UInt32?) throws {
        var machine = FadumpSizes.Machine(memory: ByteCount(memory * Self.gibibyte))
        machine.crashKernel = crashKernel.map { .mebibytes($0) }
        guard let expected else {
            #expect(throws: FadumpSizesError.self) { try FadumpSizes(machine) }
            return
        }
        let sizes = try FadumpSizes(machine)
        #expect(sizes.bootMemory == .mebibytes(expected))
        #expect(sizes.isCapped == (crashKernel.map { UInt64($0) << 20 > memory * Self.gibibyte / 4 } ?? false))
    }

    @Test func opal() throws {
        var machine = FadumpSizes.Machine(memory: ByteCount(64 * Self.gibibyte))
        machine.platform = .powernv
        machine.crashKernel = .mebibytes(768)
        let sizes = try FadumpSizes(machine)
        #expect(sizes.metadata == .kibibytes(64))
        #expect(sizes.newer.reserved.rawValue == 768 << 20 + (40 + 384 + 256) + 65536)
        #expect(sizes.older.reserved.rawValue == 768 << 20 + 65536 + 65536)
        machine.crashKernel = .mebibytes(767)
        #expect(throws: FadumpSizesError.tooLittle(.mebibytes(767), least: .mebibytes(768), platform: .powernv)) {
            try FadumpSizes(machine)
        }
    }

    /// Memory in many ranges: more of them, more room.
    @Test func manyRanges() throws {
        var machine = FadumpSizes.Machine(memory: ByteCount(64 * Self.gibibyte))
        machine.memoryRegions = 2000
        machine.bootRegions = 3
        let sizes = try FadumpSizes(machine)
        // 64 + 56 * 2005 = 112344; 64 + 56 * 2003 + 24 + 640 = 112896. Two pages of 64 KiB either.
        #expect(sizes.captureBuffer == .kibibytes(128))
        #expect(sizes.older.elfcorehdrRoom.rawValue == 131072 - 664)
        #expect(sizes.olderLoads >= 2001)
    }

    @Test func thatDoNotFitOrOverflow() {
        for memory in [0, 1, 4096, 320 << 20, 640 << 20] as [UInt64] {
            #expect(throws: FadumpSizesError.self) { try FadumpSizes(FadumpSizes.Machine(memory: ByteCount(memory))) }
        }
        var generator = SeededGenerator(seed: 61)
        for _ in 0..<3000 {
            func number() -> UInt64 { generator.hostileNumber() }
            var machine = FadumpSizes.Machine(memory: ByteCount(number()))
            if Bool.random(using: &generator) { machine.crashKernel = ByteCount(number()) }
            machine.cpuState = ByteCount(number())
            machine.hashPageTable = ByteCount(number())
            machine.registers = UInt32(truncatingIfNeeded: number())
            machine.cpuMask = UInt32(truncatingIfNeeded: number())
            machine.memoryRegions = Int.random(in: 0...FadumpSizes.mostRegions, using: &generator)
            machine.bootRegions = Int.random(in: 0...FadumpSizes.mostRegions, using: &generator)
            machine.page = Bool.random(using: &generator) ? .kibibytes(4) : .kibibytes(64)
            machine.platform = Bool.random(using: &generator) ? .pseries : .powernv
            guard let sizes = try? FadumpSizes(machine) else { continue }
            #expect(sizes.older.reserved > sizes.bootMemory && sizes.newer.reserved > sizes.bootMemory)
            #expect(sizes.olderLoads >= UInt64(machine.memoryRegions))
        }
    }

    // MARK: - What the firmware tells

    @Test func firmwareOfTheGuest() throws {
        let sizes = try #require(try FirmwareSizes.read(SystemRoot(FadumpFixture.plain.sysroot(.first))))
        #expect(sizes.cpuState.rawValue == 0xa00)
        #expect(sizes.hashPageTable == .zero)
    }

    @Test func firmwareProperties() throws {
        let folder = try TemporaryFolder()
        let root = SystemRoot(folder.path)
        #expect(try FirmwareSizes.read(root) == nil)
        for count in 0..<40 where count % 12 != 0 {
            try folder.write([UInt8](repeating: 0xff, count: count), to: FirmwareSizes.name)
            #expect(throws: HostStateError.self) { try FirmwareSizes.read(root) }
        }
        let entries: [UInt8] = [0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8] + [0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        try folder.write(entries, to: FirmwareSizes.name)
        let sizes = try #require(try FirmwareSizes.read(root))
        #expect(sizes.cpuState == .zero)
        #expect(sizes.hashPageTable.rawValue == .max)
    }
}

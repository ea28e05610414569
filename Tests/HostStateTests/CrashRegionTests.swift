import HostState
import PhysicalMemory
import TestSupport
import Testing

@Suite struct CrashRegionTests {
    private func regions(_ machine: SyntheticSysroot) throws -> [PhysicalRange] {
        let folder = try machine.write()
        return try HostState.read(SystemRoot(folder.path)).crashRegions
    }

    @Test func none() throws {
        var machine = SyntheticSysroot()
        machine.iomem.removeAll { $0.name == "Crash kernel" }
        #expect(try regions(machine).isEmpty)
    }

    /// crashkernel=…,high reserves a second, lower region for DMA.
    @Test func twoInAddressOrder() throws {
        var machine = SyntheticSysroot()
        machine.iomem.append(.init(0x1_0000_0000, 0x2_7fff_ffff, "System RAM"))
        machine.iomem.append(.init(0x2_4000_0000, 0x2_5fff_ffff, "Crash kernel", level: 1))
        #expect(try regions(machine).map(\.start.rawValue) == [0x6e00_0000, 0x2_4000_0000])
        machine.iomem.reverse()
        #expect(try regions(machine).map(\.start.rawValue) == [0x6e00_0000, 0x2_4000_0000])
    }

    @Test(
        arguments: [
            (0x8000_0000, 0x8fff_ffff), (0x7000_0000, 0x7ffe_0000), (0x0, 0xfff), (0x9_f000, 0x10_0fff),
        ] as [(UInt64, UInt64)])
    func outsideRAM(start: UInt64, last: UInt64) throws {
        var machine = SyntheticSysroot()
        machine.iomem.removeAll { $0.name == "Crash kernel" }
        machine.iomem.append(.init(start, last, "Crash kernel", level: 1))
        let folder = try machine.write()
        let error = #expect(throws: HostStateError.self) { try HostState.read(SystemRoot(folder.path)) }
        #expect(error?.place == .init(kind: .contradiction, path: folder.file("proc/iomem")))
        #expect(error?.description.contains(start.hex) == true)
    }

    /// A fuller RAM line may be split where nodes meet; the region then lies in one of its pieces.
    @Test func atTheEndsOfRAM() throws {
        let machine = SyntheticSysroot.withCrashRegion(0x7000_0000, 0x7fff_ffff, ram: 0x7fff_ffff)
        #expect(try regions(machine).map(\.end.rawValue) == [0x8000_0000])
    }
}

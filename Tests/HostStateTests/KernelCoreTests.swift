import HostState
import PhysicalMemory
import TestSupport
import Testing

@Suite struct KernelCoreTests {
    private static let kernelMap: UInt64 = 0xffff_ffff_8000_0000

    private func core(_ mappings: [SyntheticSysroot.CoreMapping]) throws -> KernelCore {
        var machine = SyntheticSysroot()
        machine.core = mappings
        let folder = try machine.write()
        return try #require(try HostState.read(SystemRoot(folder.path)).kernelCore)
    }

    /// Addresses as `readelf -l` of the recorded kcore and of the peer's elfcorehdr show them.
    @Test func ofTheRecordedMachines() throws {
        for (fixture, text, code, offset) in [
            (Fixture.bios, 0xffff_ffff_8220_0000, 0x5f00_0000, 0xff40_2c79_0000_0000),
            (.efi, 0xffff_ffff_86a0_0000, 0x7a0_0000, 0xff1f_980c_c000_0000),
        ] as [(Fixture, UInt64, UInt64, UInt64)] {
            let core = try #require(try HostState.read(SystemRoot(fixture.sysroot)).kernelCore)
            let mapping = core.kernelText(physicalStart: PhysicalAddress(code), linkedAtOrAbove: Self.kernelMap)
            #expect(mapping?.virtualAddress == text)
            #expect(mapping?.memorySize.rawValue == 0x2c3_0000)
            #expect(core.directMapOffset(below: Self.kernelMap) == offset)
        }
    }

    @Test func theKernelTextIsNotTheDirectMapOfIt() throws {
        let core = try core([
            .init(virtual: 0xffff_8880_0100_0000, physical: 0x100_0000, size: 0x7f00_0000),
            .init(virtual: 0xffff_ffff_8100_0000, physical: 0x100_0000, size: 0x200_0000),
        ])
        let text = core.kernelText(physicalStart: PhysicalAddress(0x100_0000), linkedAtOrAbove: Self.kernelMap)
        #expect(text?.virtualAddress == 0xffff_ffff_8100_0000)
        #expect(core.kernelText(physicalStart: PhysicalAddress(0x200_0000), linkedAtOrAbove: Self.kernelMap) == nil)
        #expect(core.directMapOffset(below: Self.kernelMap) == 0xffff_8880_0000_0000)
    }

    @Test func mappingsWithoutAPhysicalAddressTellNothing() throws {
        let core = try core([
            .init(type: 4, virtual: 0x1000, physical: 0, size: 1), .init(virtual: 0xff85_0000_0000_0000, physical: .max, size: 1 << 40),
            // Below its physical address: no direct map of it.
            .init(virtual: 0x1000, physical: 0x2000, size: 0x1000),
        ])
        #expect(core.loads.count == 2)
        #expect(core.directMapOffset(below: Self.kernelMap) == nil)
    }

    @Test func noKcore() throws {
        var machine = SyntheticSysroot()
        machine.core = nil
        let folder = try machine.write()
        #expect(try HostState.read(SystemRoot(folder.path)).kernelCore == nil)
    }
}

import ELF
import HostState
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

/// The two recorded machines, against what their files say to a reader of another kind.
@Suite struct FixtureTests {
    private func range(_ start: UInt64, _ last: UInt64) -> PhysicalRange? {
        PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last))
    }

    private func state(_ fixture: Fixture) throws -> HostState { try HostState.read(SystemRoot(fixture.sysroot)) }

    @Test func theBIOSMachine() throws {
        let host = try state(.bios)
        #expect(host.crashRegions == [range(0x6e00_0000, 0x7dff_ffff)])
        #expect(host.dumpedRAM == [range(0x1000, 0x9_fbff), range(0x10_0000, 0x7ffd_ffff)])
        #expect(host.crashNotes.map(\.cpu) == [0, 1])
        #expect(host.crashNotes.map(\.range.start.rawValue) == [0x7e23_d800, 0x7e33_d800])
        #expect(host.crashNotes.map(\.range.size.rawValue) == [368, 368])
        #expect(host.vmcoreinfo == range(0x61dc_4000, 0x61dc_4000 + 0x1023))
        #expect(host.elfcorehdrCapacity?.rawValue == 917_616)
        #expect(host.release == KernelRelease(major: 6, minor: 12))
        #expect(host.totalMemory?.rawValue == 1_692_108 * 1024)
        #expect(
            host.commandLine.map { String(decoding: $0, as: UTF8.self) }
                == "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1 crashkernel=256M")
        #expect(host.efi == nil)
        #expect(host.crashCMARanges.isEmpty)
        #expect(host.bootParameters == (try Fixture.bios.bytes("sys/kernel/boot_params/data")))
        #expect(KexecFiles(host.root).crashImageLoaded.value == 0)
        #expect(KexecFiles(host.root).imageLoaded.value == 0)
    }

    @Test func theEFIMachine() throws {
        let host = try state(.efi)
        #expect(host.crashRegions == [range(0x6800_0000, 0x77ff_ffff)])
        #expect(
            host.dumpedRAM == [
                range(0x1000, 0x9_ffff), range(0x10_0000, 0x7f_ffff), range(0x80_8000, 0x80_afff), range(0x80_c000, 0x81_0fff),
                range(0x90_0000, 0x7ed3_efff), range(0x7ee0_0000, 0x7f8e_cfff), range(0x7fbf_f000, 0x7fe9_1fff),
                range(0x7fe9_8000, 0x7fed_bfff),
            ])
        #expect(host.vmcoreinfo == range(0x7c66_8000, 0x7c66_8000 + 0x1023))
        #expect(host.totalMemory?.rawValue == 1_686_124 * 1024)
        let efi = try #require(host.efi)
        #expect(efi.vendor == 0x7f98_9b98)
        #expect(efi.runtime == 0x7f9e_cb98)
        #expect(efi.configTable == 0x7f9e_cc98)
        #expect(host.efiTables == ["ACPI20": 0x7fb7_e014, "ACPI": 0x7fb7_e000, "SMBIOS": 0x7f98_8000])
        #expect(efi.runtimeMap.map(\.physicalAddress) == [0x7c6c_5000, 0x7ed3_f000, 0x7f8e_d000, 0x7f9e_d000, 0x7fed_c000, 0xffc0_0000])
        #expect(efi.runtimeMap.map(\.type) == [4, 6, 6, 5, 6, 11])
        #expect(efi.runtimeMap.map(\.pages) == [1, 0xc1, 0x100, 0x100, 0x84, 0x400])
        #expect(efi.runtimeMap.first?.virtualAddress == 0xffff_fffe_fc2c_5000)
        #expect(efi.runtimeMap.map(\.attribute) == [UInt64](repeating: 0x8000_0000_0000_000f, count: 5) + [0x8000_0000_0000_0001])
    }

    /// Both ran with five levels of page tables, whose direct map begins below that of four
    /// (Documentation/arch/x86/x86_64/mm.rst).
    @Test(arguments: Fixture.allCases) func processors(_ fixture: Fixture) throws {
        let host = try state(fixture)
        #expect(host.usesFiveLevelPaging)
        #expect(try #require(host.kernelCore?.directMapOffset(below: 0xffff_ffff_8000_0000)) < 0xffff_8000_0000_0000)
        #expect(host.confidentialGuest == nil)
    }

    /// The tree of /proc/iomem, line by line: nothing lost, nothing altered.
    @Test(arguments: Fixture.allCases) func everyLineOfIomem(_ fixture: Fixture) throws {
        let text = String(decoding: try fixture.bytes("proc/iomem"), as: UTF8.self)
        let resources = try state(fixture).ioMemory.resources
        let lines = resources.map { resource in
            SyntheticSysroot.Resource(
                resource.range.start.rawValue, resource.range.last.rawValue, resource.name, level: resource.level
            ).line
        }
        #expect(lines.joined() == text)
    }

    @Test(.enabled(if: Tool.readelf.isAvailable), arguments: Fixture.allCases)
    func kcoreAgreesWithReadelf(_ fixture: Fixture) throws {
        let core = try #require(try state(fixture).kernelCore)
        let listed = try Tool.readelf.text(["-lW", fixture.sysroot.appending("proc/kcore").string])
            .split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.first == "LOAD" }
        func numbers(_ column: Int) -> [UInt64] { listed.compactMap { UInt64($0[column].dropFirst(2), radix: 16) } }
        #expect(listed.count > 5)
        #expect(core.machine == 62)
        #expect(core.loads.map(\.offset.rawValue) == numbers(1))
        #expect(core.loads.map(\.virtualAddress) == numbers(2))
        #expect(core.loads.map(\.physicalAddress.rawValue) == numbers(3))
        #expect(core.loads.map(\.memorySize.rawValue) == numbers(5))
    }

    @Test(arguments: Fixture.allCases) func aPluggedDIMMIsRAM(_ fixture: Fixture) throws {
        let machine = try fixture.afterDIMM()
        let after = try HostState.read(SystemRoot(machine.path))
        #expect(after.dumpedRAM == (try state(fixture).dumpedRAM) + [range(0x1_0000_0000, 0x1_0fff_ffff)].compactMap { $0 })
    }
}

import HostState
import Purgatory
import TestSupport
import Testing

@testable import LoadPlan

/// Against <linux/kexec.h>.
@Suite struct FlagTests {
    @Test func values() throws {
        #expect(KexecFlags.onCrash.rawValue == CHeaders.constant("KEXEC_ON_CRASH"))
        #expect(KexecFlags.architecture(machine: 62).rawValue == CHeaders.constant("KEXEC_ARCH_X86_64"))
        #expect(KexecFlags.architecture(machine: 21).rawValue == CHeaders.constant("KEXEC_ARCH_PPC64"))
        #expect(KexecFlags.architecture(machine: 183).rawValue == CHeaders.constant("KEXEC_ARCH_AARCH64"))
        #expect(KexecFlags.architecture(machine: .max).rawValue == CHeaders.constant("KEXEC_ARCH_MASK"))
        // Headers older than the flags do not know them.
        if let value = CHeaders.constant("KEXEC_UPDATE_ELFCOREHDR") { #expect(KexecFlags.updateElfcorehdr.rawValue == value) }
        if let value = CHeaders.constant("KEXEC_CRASH_HOTPLUG_SUPPORT") { #expect(KexecFlags.crashHotplugUpdate.rawValue == value) }
        #expect(KexecFlags.updateElfcorehdr.rawValue == 0x4)
        #expect(KexecFlags.crashHotplugUpdate.rawValue == 0x8)
    }

    @Test func limitOfSegments() {
        #expect(UInt64(KernelRules.maximumSegments) == CHeaders.constant("KEXEC_SEGMENT_MAX"))
        #expect(UInt64(PurgatoryImage.maximumRegions) == CHeaders.constant("KEXEC_SEGMENT_MAX"))
    }

    @Test func names() {
        #expect(KexecFlags(rawValue: 0x3e0009).names == ["KEXEC_ON_CRASH", "KEXEC_CRASH_HOTPLUG_UPDATE"])
        #expect(KexecFlags(rawValue: 0x3e0005).names == ["KEXEC_ON_CRASH", "KEXEC_UPDATE_ELFCOREHDR"])
        #expect(KexecFlags(rawValue: 0x3e0000).names.isEmpty)
    }

    /// Linux 6.6 to 6.9 know the older flag only; from 6.10 on there is no need, before no use.
    @Test(arguments: [
        ("6.1.0-13-amd64", false), ("6.5.13", false), ("6.6.0", true), ("6.9.12", true), ("6.10.0", false), ("6.12.107", false),
        ("7.2.0", false),
    ])
    func whereTheOlderFlagIsTried(release: String, isTried: Bool) throws {
        var machine = SyntheticSysroot()
        machine.release = release
        let hotplug = try plan(smallRequest(hotplug: true), on: machine)
        #expect(hotplug.flags.rawValue == 0x3e0009)
        #expect(hotplug.olderFlags?.rawValue == (isTried ? 0x3e0005 : nil))
        let plain = try plan(smallRequest(hotplug: false), on: machine)
        #expect(plain.flags.rawValue == 0x3e0001)
        #expect(plain.olderFlags == nil)
    }

    @Test func anUnknownReleaseHasNoOlderFlag() throws {
        var machine = SyntheticSysroot()
        machine.release = nil
        #expect(try plan(smallRequest(hotplug: true), on: machine).olderFlags == nil)
    }
}

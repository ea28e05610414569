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
        #expect(UInt64(PurgatoryRecord.maximumSegments) == CHeaders.constant("KEXEC_SEGMENT_MAX"))
    }

    @Test func names() {
        #expect(KexecFlags(rawValue: 0x3e0009).names == ["KEXEC_ON_CRASH", "KEXEC_CRASH_HOTPLUG_UPDATE"])
        #expect(KexecFlags(rawValue: 0x3e0005).names == ["KEXEC_ON_CRASH", "KEXEC_UPDATE_ELFCOREHDR"])
        #expect(KexecFlags(rawValue: 0x3e0000).names.isEmpty)
    }
}

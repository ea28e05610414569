import Readiness
import Testing

/// Firmware-assisted dump takes the place of a crash image.
struct FirmwareTests {
    private static let enabled = "sys/kernel/fadump/enabled"
    private static let registered = "sys/kernel/fadump/registered"

    @Test func registeredCaptures() throws {
        let readiness = try Machine.firmware.assess(hotplug: true)
        #expect(readiness.isReady)
        #expect(readiness.verdict == "ready: at a panic now the firmware saves the memory")
        #expect(readiness.state(.fadump) == .ok)
        #expect(readiness.state(.fadumpRegistered) == .ok)
        #expect(readiness.state(.fadumpHotplug) == .ok)
        #expect(readiness.item(.fadumpMemory)?.value == "512 MiB reserved")
        // None of what only a crash image needs is asked for.
        #expect(readiness.state(.crashImage) == .info)
        #expect(readiness.state(.crashRegion) == .info)
        #expect(readiness.state(.crashSize) == .info)
        #expect(readiness.state(.crashKernelParameter) == .info)
        #expect(readiness.item(.cpuHotplug) == nil)
        #expect(readiness.item(.postNotifiers) == nil)
        #expect(readiness.item(.panicTimeout)?.value == "10: not reached, the firmware takes over first")
    }

    @Test func olderNames() throws {
        let readiness = try Machine.firmware.with([
            Self.enabled: nil, Self.registered: nil, "sys/kernel/fadump/hotplug_ready": nil, "sys/kernel/fadump/mem_reserved": nil,
            "sys/kernel/fadump_enabled": "1\n", "sys/kernel/fadump_registered": "1\n",
        ]).assess()
        #expect(readiness.isReady)
        #expect(readiness.item(.fadumpRegistered)?.file.string.hasSuffix("/sys/kernel/fadump_registered") == true)
        // The older scheme writes the elfcorehdr at registration.
        #expect(readiness.state(.fadumpHotplug) == .warning)
        #expect(readiness.item(.fadumpHotplug)?.remedy?.contains("swkexec fadump reload") == true)
        #expect(readiness.item(.fadumpMemory) == nil)
    }

    @Test(arguments: ["0\n", "yes\n", nil] as [String?])
    func notRegistered(_ text: String?) throws {
        let readiness = try Machine.firmware.with([Self.registered: text]).assess()
        #expect(!readiness.isReady)
        #expect(readiness.state(.fadumpRegistered) == .bad)
        #expect(readiness.item(.fadumpRegistered)?.remedy != nil)
    }

    @Test func aDumpIsYetToBeSaved() throws {
        let machine = Machine.firmware.with([
            Self.registered: "0\n", "sys/kernel/fadump/release_mem": "", "proc/vmcore": "\u{7f}ELF",
            "sys/kernel/fadump/mem_reserved": "536875440\n",
        ])
        let readiness = try machine.assess()
        #expect(!readiness.isReady)
        #expect(readiness.item(.fadumpRegistered)?.remedy == "save the dump in /proc/vmcore, then reboot")
        // Released by a kernel that gives its own header back: 536875440 is not a whole number of pages.
        let released = try machine.with(["proc/vmcore": nil]).assess()
        #expect(released.item(.fadumpRegistered)?.remedy?.hasPrefix("reboot: ") == true)
    }

    /// Then an image does it, and it is one of the machine's lines that fadump is off.
    @Test func off() throws {
        let without = try Machine.firmware.with([Self.enabled: "0\n", Self.registered: "0\n"]).assess()
        #expect(!without.isReady)
        #expect(without.state(.fadump) == .info)
        #expect(without.item(.fadumpRegistered) == nil)
        #expect(without.state(.crashImage) == .bad)
        let with = try Machine.ready.with([Self.enabled: "0\n", Self.registered: "0\n"]).assess()
        #expect(with.isReady)
    }

    @Test func unreadable() throws {
        let readiness = try Machine.ready.with([Self.enabled: "\n"]).assess()
        #expect(readiness.state(.fadump) == .unknown)
        #expect(readiness.isReady)
    }

    @Test func loadRulesDoNotMatter() throws {
        let readiness = try Machine.firmware.with([
            "proc/sys/kernel/kexec_load_disabled": "1\n", "proc/sys/kernel/kexec_load_limit_panic": "0\n",
            "sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
        ]).assess()
        #expect(readiness.isReady)
        #expect(readiness.state(.loadDisabled) == .info)
        #expect(readiness.state(.loadLimit) == .info)
        #expect(readiness.state(.lockdown) == .info)
    }
}

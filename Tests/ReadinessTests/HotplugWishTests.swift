import Readiness
import Testing

/// With --hotplug it is bad what is otherwise worth a warning.
struct HotplugWishTests {
    /// A kernel without CONFIG_CRASH_HOTPLUG.
    private static let withoutSupport: [String: String?] = [
        "sys/devices/system/cpu/crash_hotplug": nil, "sys/devices/system/memory/crash_hotplug": nil,
        "sys/kernel/crash_elfcorehdr_size": nil,
    ]

    @Test(
        arguments: [
            ([:], true),
            (["sys/devices/system/cpu/crash_hotplug": "0\n"], false),
            (["sys/devices/system/memory/crash_hotplug": "0\n"], false),
            (["sys/devices/system/cpu/crash_hotplug": "?\n"], false),
            (["sys/devices/system/memory/crash_hotplug": nil], true),
            (withoutSupport, false),
        ] as [([String: String?], Bool)])
    func image(_ changes: [String: String?], _ ready: Bool) throws {
        let machine = Machine.ready.with(changes)
        #expect(try machine.assess(hotplug: true).isReady == ready)
        #expect(try machine.assess(hotplug: false).isReady)
    }

    @Test(arguments: [("1\n", true), ("0\n", false), ("x\n", false), (nil, false)] as [(String?, Bool)])
    func firmware(_ hotplugReady: String?, _ ready: Bool) throws {
        let machine = Machine.firmware.with(["sys/kernel/fadump/hotplug_ready": hotplugReady])
        #expect(try machine.assess(hotplug: true).isReady == ready)
        #expect(try machine.assess(hotplug: false).isReady)
    }

    /// A kernel that cannot update is told of before anything is loaded, and the advice is to load
    /// without the option.
    @Test func beforeTheLoad() throws {
        let machine = Machine.ready.with(["sys/kernel/kexec_crash_loaded": "0\n"])
        #expect(try machine.assess().item(.crashImage)?.remedy?.contains("--hotplug") == true)
        let older = machine.with(Self.withoutSupport)
        #expect(try older.assess().item(.crashImage)?.remedy?.contains("--hotplug") == false)
        #expect(try older.assess(hotplug: true).state(.cpuHotplug) == .bad)
    }
}

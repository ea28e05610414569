import Readiness
import Testing

/// Each line by itself: a file of the ready machine is changed, and one line answers for it.
struct LineTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let changes: [String: String?]
        let id: ReadinessItem.ID
        /// Nil for no such line.
        let state: ReadinessItem.State?
        /// A part of the value.
        let value: String
        let ready: Bool

        init(_ changes: [String: String?], _ id: ReadinessItem.ID, _ state: ReadinessItem.State?, _ value: String, ready: Bool) {
            (self.changes, self.id, self.state, self.value, self.ready) = (changes, id, state, value, ready)
        }

        var testDescription: String { "\(id.rawValue) \(state?.rawValue ?? "none") \(changes.keys.sorted())" }
    }

    private static let loaded = "sys/kernel/kexec_crash_loaded"
    private static let newLoaded = "sys/kernel/kexec/crash_loaded"
    private static let size = "sys/kernel/kexec_crash_size"
    private static let newSize = "sys/kernel/kexec/crash_size"
    private static let cpu = "sys/devices/system/cpu/crash_hotplug"
    private static let memory = "sys/devices/system/memory/crash_hotplug"
    private static let capacity = "sys/kernel/crash_elfcorehdr_size"
    private static let oops = "proc/sys/kernel/panic_on_oops"
    private static let panic = "proc/sys/kernel/panic"
    private static let disabled = "proc/sys/kernel/kexec_load_disabled"
    private static let limit = "proc/sys/kernel/kexec_load_limit_panic"
    private static let notifiers = "sys/module/kernel/parameters/crash_kexec_post_notifiers"
    private static let lockdown = "sys/kernel/security/lockdown"
    private static let secureBoot = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    private static let ima = "sys/kernel/security/integrity/ima/policy"
    private static let iomem = "proc/iomem"
    private static let cmdline = "proc/cmdline"
    private static let noRegion = Machine.iomem(crash: "")

    static let image: [Case] = [
        Case([:], .crashImage, .ok, "loaded", ready: true),
        Case([loaded: "0\n"], .crashImage, .bad, "none is loaded", ready: false),
        Case([loaded: nil, newLoaded: "1\n"], .crashImage, .ok, "loaded", ready: true),
        Case([loaded: "1\n", newLoaded: "0\n"], .crashImage, .bad, "none is loaded", ready: false),
        Case([loaded: nil], .crashImage, .bad, "no such file", ready: false),
        Case([loaded: "maybe\n"], .crashImage, .bad, "'maybe' is not a decimal number", ready: false),
        Case([loaded: ""], .crashImage, .bad, "'' is not a decimal number", ready: false),
        Case([loaded: "99999999999999999999\n"], .crashImage, .bad, "is not a decimal number", ready: false),
    ]

    static let hotplug: [Case] = [
        Case([:], .cpuHotplug, .ok, "up to date", ready: true),
        Case([cpu: "0\n"], .cpuHotplug, .warning, "stale when CPUs", ready: true),
        Case([memory: "0\n"], .memoryHotplug, .warning, "stale when memory", ready: true),
        Case([cpu: "x\n"], .cpuHotplug, .unknown, "'x' is not", ready: true),
        Case([memory: nil], .memoryHotplug, .info, "no hotplug of memory", ready: true),
        Case([cpu: nil], .cpuHotplug, .info, "no hotplug of CPUs", ready: true),
        Case([cpu: nil, memory: nil, capacity: nil], .cpuHotplug, .warning, "cannot update a crash image", ready: true),
        Case([cpu: nil, memory: nil, capacity: nil], .memoryHotplug, .warning, "cannot update a crash image", ready: true),
        Case([loaded: "0\n", cpu: "0\n"], .cpuHotplug, .info, "once an image is loaded", ready: false),
        Case([loaded: "0\n", cpu: nil, memory: nil, capacity: nil], .cpuHotplug, .info, "cannot update a crash image", ready: false),
    ]

    static let region: [Case] = [
        Case([:], .crashRegion, .ok, "0x6e000000-0x7dffffff, 256 MiB", ready: true),
        Case(
            [iomem: Machine.iomem(crash: "  1000000-1ffffff : Crash kernel\n  6e000000-7dffffff : Crash kernel\n")],
            .crashRegion, .ok, "0x1000000-0x1ffffff, 16 MiB; 0x6e000000-0x7dffffff, 256 MiB", ready: true),
        Case([loaded: "0\n", iomem: noRegion, size: "0\n"], .crashRegion, .bad, "none", ready: false),
        Case([iomem: noRegion], .crashRegion, .unknown, "though memory is reserved", ready: true),
        Case([iomem: noRegion, size: "0\n"], .crashRegion, .unknown, "none", ready: true),
        Case(
            [iomem: "00000000-00000000 : System RAM\n  00000000-00000000 : Crash kernel\n"], .crashRegion, .unknown,
            "all addresses are zero", ready: true),
        Case([iomem: "garbage\n"], .crashRegion, .unknown, "line 1: 'garbage' is not", ready: true),
        Case([iomem: "7dffffff-6e000000 : Crash kernel\n"], .crashRegion, .unknown, "START at or below END", ready: true),
        Case([iomem: ""], .crashRegion, .unknown, "is not a list of memory ranges", ready: true),
        Case([iomem: nil], .crashRegion, .unknown, "no such file", ready: true),
        Case(
            [
                iomem: noRegion, "proc/device-tree/chosen/linux,crashkernel-base": "\0\0\0\0\u{20}\0\0\0",
                "proc/device-tree/chosen/linux,crashkernel-size": "\0\0\0\0\u{10}\0\0\0",
            ], .crashRegion, .ok, "0x20000000-0x2fffffff, 256 MiB", ready: true),
        Case(
            [
                iomem: noRegion, "proc/device-tree/chosen/linux,crashkernel-base": "\0\0\0\0",
                "proc/device-tree/chosen/linux,crashkernel-size": "\0\0\0\0",
            ], .crashRegion, .unknown, "though memory is reserved", ready: true),
        Case(
            [
                iomem: noRegion, "proc/device-tree/chosen/linux,crashkernel-base": "\0\0",
                "proc/device-tree/chosen/linux,crashkernel-size": "\0\0\u{10}\0",
            ], .crashRegion, .unknown, "2 bytes are no number", ready: true),

        Case([:], .crashSize, .ok, "256 MiB", ready: true),
        Case([size: nil, newSize: "134217728\n"], .crashSize, .ok, "128 MiB", ready: true),
        Case([loaded: "0\n", size: "0\n", iomem: noRegion], .crashSize, .bad, "none", ready: false),
        Case([size: "-1\n"], .crashSize, .unknown, "'-1' is not", ready: true),
        Case([size: nil], .crashSize, .unknown, "no such file", ready: true),
    ]

    static let parameter: [Case] = [
        Case([:], .crashKernelParameter, .ok, "256M", ready: true),
        Case([cmdline: "quiet\n"], .crashKernelParameter, .info, "not given", ready: true),
        Case([cmdline: "quiet\n", size: "0\n", iomem: noRegion, loaded: "0\n"], .crashKernelParameter, .bad, "not given", ready: false),
        Case([cmdline: nil], .crashKernelParameter, .unknown, "no such file", ready: true),
        Case([size: "134217728\n"], .crashKernelParameter, .warning, "256M asks for 256 MiB, 128 MiB is reserved", ready: true),
        Case(
            [loaded: "0\n", size: "0\n", iomem: noRegion], .crashKernelParameter, .bad, "asks for 256 MiB, nothing is reserved",
            ready: false),
        Case(
            [loaded: "0\n", size: "0\n", iomem: noRegion, cmdline: "crashkernel=auto\n"], .crashKernelParameter, .bad, "'auto' is no size",
            ready: false),
        Case([cmdline: "crashkernel=auto\n"], .crashKernelParameter, .ok, "auto", ready: true),
        Case(
            [loaded: "0\n", size: "0\n", iomem: noRegion, cmdline: "crashkernel=4G-:256M\n"], .crashKernelParameter, .bad,
            "asks for nothing", ready: false),
        Case([cmdline: "crashkernel=1G-4G:512M,4G-:1G\n"], .crashKernelParameter, .warning, "asks for 512 MiB", ready: true),
        Case([cmdline: "crashkernel=1G-4G:512M\n", iomem: nil], .crashKernelParameter, .ok, "1G-4G:512M", ready: true),
    ]

    static let panics: [Case] = [
        Case([:], .panicOnOops, .ok, "an oops panics", ready: true),
        Case([oops: "0\n"], .panicOnOops, .warning, "gives no dump", ready: true),
        Case([oops: "often\n"], .panicOnOops, .unknown, "'often' is not", ready: true),
        Case([oops: nil], .panicOnOops, .unknown, "no such file", ready: true),
        Case([:], .panicTimeout, .info, "10: not reached", ready: true),
        Case([panic: "-1\n"], .panicTimeout, .info, "-1: not reached", ready: true),
        Case([loaded: "0\n", panic: "0\n"], .panicTimeout, .info, "standing still", ready: false),
        Case([loaded: "0\n", panic: "-1\n"], .panicTimeout, .info, "reboots the machine at once", ready: false),
        Case([loaded: "0\n", panic: "5\n"], .panicTimeout, .info, "after 5 s", ready: false),
        Case([panic: "\n"], .panicTimeout, .unknown, "'' is not", ready: true),
        Case([:], .postNotifiers, nil, "", ready: true),
        Case([notifiers: "Y\n"], .postNotifiers, .warning, "prevents the dump", ready: true),
        Case([notifiers: "perhaps\n"], .postNotifiers, nil, "", ready: true),
    ]

    static let loads: [Case] = [
        Case([:], .loadDisabled, .ok, "can be loaded", ready: true),
        Case([disabled: "1\n"], .loadDisabled, .ok, "the loaded image stays", ready: true),
        Case([disabled: "1\n", loaded: "0\n"], .loadDisabled, .bad, "no image can be loaded", ready: false),
        Case([disabled: "\u{1}\n"], .loadDisabled, .unknown, "is not a decimal", ready: true),
        Case([disabled: nil], .loadDisabled, .unknown, "no such file", ready: true),
        Case([:], .loadLimit, nil, "", ready: true),
        Case([limit: nil], .loadLimit, nil, "", ready: true),
        Case([limit: "3\n"], .loadLimit, .info, "3: this many", ready: true),
        Case([limit: "0\n"], .loadLimit, .info, "until the next boot", ready: true),
        Case([limit: "0\n", loaded: "0\n"], .loadLimit, .bad, "until the next boot", ready: false),
        Case([limit: "none\n"], .loadLimit, .unknown, "'none' is not", ready: true),
        Case([:], .lockdown, .ok, "any kernel", ready: true),
        Case([lockdown: "none [integrity] confidentiality\n"], .lockdown, .info, "integrity: only signed", ready: true),
        Case(
            [lockdown: "none integrity [confidentiality]\n", loaded: "0\n"], .lockdown, .warning, "confidentiality: only signed",
            ready: false),
        Case([lockdown: "none integrity\n"], .lockdown, .unknown, "in brackets", ready: true),
        Case([lockdown: "[paranoia]\n"], .lockdown, .unknown, "in brackets", ready: true),
        Case([lockdown: nil], .lockdown, .info, "none in this kernel", ready: true),
        Case([:], .secureBoot, nil, "", ready: true),
        Case([secureBoot: "\u{6}\0\0\0\u{1}"], .secureBoot, .info, "on", ready: true),
        Case([secureBoot: "\u{6}\0\0\0\0"], .secureBoot, .ok, "off", ready: true),
        Case([secureBoot: "\u{6}\0\0"], .secureBoot, .unknown, "3 bytes", ready: true),
        Case([secureBoot: "\u{6}\0\0\0\u{7}"], .secureBoot, .unknown, "a 0 or 1", ready: true),
        Case([:], .imaPolicy, nil, "", ready: true),
        Case([ima: "measure func=KEXEC_KERNEL_CHECK\n"], .imaPolicy, .ok, "no signature", ready: true),
        Case(
            [ima: "measure func=BPRM_CHECK\nappraise func=KEXEC_KERNEL_CHECK appraise_type=imasig\n"], .imaPolicy, .info, "only signed",
            ready: true),
        Case([ima: "appraise func=KEXEC_KERNEL_CHECK\n", loaded: "0\n"], .imaPolicy, .warning, "only signed", ready: false),
        Case(
            [ima: nil, "sys/kernel/security/ima/policy": "appraise func=KEXEC_KERNEL_CHECK\n"], .imaPolicy, .info, "only signed",
            ready: true),
    ]

    @Test(arguments: image + hotplug + region + parameter + panics + loads)
    func line(_ it: Case) throws {
        let readiness = try Machine.ready.with(it.changes).assess()
        let item = readiness.item(it.id)
        #expect(item?.state == it.state)
        #expect(item?.value.contains(it.value) ?? (it.state == nil), "\(item?.value ?? "no line")")
        #expect(readiness.isReady == it.ready, "\(readiness.verdict)")
        try holds(readiness)
    }

    /// What holds of every answer.
    private func holds(_ readiness: Readiness) throws {
        for item in readiness.items {
            #expect(!item.value.isEmpty && !item.file.isEmpty)
            if item.state == .bad || item.state == .warning { #expect(item.remedy?.isEmpty == false, "\(item)") }
            if item.state == .ok { #expect(item.remedy == nil, "\(item)") }
        }
        let ids = readiness.items.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(readiness.verdict.hasPrefix(readiness.isReady ? "ready: " : "not ready: "))
    }

    /// No line reads anything but the machine's own files.
    @Test func filesAreThoseOfTheRoot() throws {
        let folder = try Machine.ready.write()
        let readiness = Readiness(.read(.init(folder.path), for: nil), hotplug: false, image: nil)
        for item in readiness.items { #expect(folder.allFiles().contains { folder.file($0) == item.file }, "\(item)") }
    }
}

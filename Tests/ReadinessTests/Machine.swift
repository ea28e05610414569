import HostState
import LoadPlan
import X86_64
import Readiness
import TestSupport

/// /proc and /sys of a machine, file by file. The default is ready in every respect.
struct Machine {
    /// Nil for a file that is not there.
    var files: [String: String?]

    /// x86_64, Linux 6.12: an image that takes hotplug updates is loaded.
    static let ready = Machine(files: [
        "proc/iomem": iomem(crash: "  6e000000-7dffffff : Crash kernel\n"),
        "proc/cmdline": "console=ttyS0 crashkernel=256M\n",
        "proc/sys/kernel/panic_on_oops": "1\n",
        "proc/sys/kernel/panic": "10\n",
        "proc/sys/kernel/kexec_load_disabled": "0\n",
        "proc/sys/kernel/kexec_load_limit_panic": "-1\n",
        "sys/module/kernel/parameters/crash_kexec_post_notifiers": "N\n",
        "sys/kernel/kexec_crash_loaded": "1\n",
        "sys/kernel/kexec_crash_size": "268435456\n",
        "sys/kernel/crash_elfcorehdr_size": "917616\n",
        "sys/devices/system/cpu/crash_hotplug": "1\n",
        "sys/devices/system/memory/crash_hotplug": "1\n",
        "sys/kernel/security/lockdown": "[none] integrity confidentiality\n",
    ])

    /// ppc64le, Linux 7.2: fadump is on and registered, no image can be loaded.
    static let firmware = ready.with([
        "proc/iomem": "00000000-7fffffff : System RAM\n",
        "proc/cmdline": "fadump=on crashkernel=512M\n",
        "sys/kernel/kexec_crash_loaded": nil,
        "sys/kernel/kexec_crash_size": nil,
        "sys/kernel/kexec/crash_loaded": "0\n",
        "sys/kernel/kexec/crash_size": "0\n",
        "sys/devices/system/cpu/crash_hotplug": "0\n",
        "sys/devices/system/memory/crash_hotplug": "0\n",
        "sys/kernel/fadump/enabled": "1\n",
        "sys/kernel/fadump/registered": "1\n",
        "sys/kernel/fadump/hotplug_ready": "1\n",
        "sys/kernel/fadump/mem_reserved": "536875440\n",
        "sys/module/kernel/parameters/crash_kexec_post_notifiers": "Y\n",
    ])

    static let nothing = Machine(files: [:])

    /// 2 GiB of RAM.
    static func iomem(crash: String) -> String {
        "00001000-0009fbff : System RAM\n00100000-7ffdffff : System RAM\n\(crash)7ffe0000-7fffffff : Reserved\n"
    }

    func with(_ changes: [String: String?]) -> Machine {
        Machine(files: files.merging(changes) { _, new in new })
    }

    func write() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files { if let text { try folder.write(text, to: name) } }
        return folder
    }

    func assess(
        hotplug: Bool = false, image: PlannedImage? = nil, on architecture: any TargetArchitecture = X86_64()
    ) throws -> Readiness {
        let folder = try write()
        return Readiness(Evidence.read(SystemRoot(folder.path), for: architecture), hotplug: hotplug, image: image)
    }
}

extension Readiness {
    func item(_ id: ReadinessItem.ID) -> ReadinessItem? { items.first { $0.id == id } }
    func state(_ id: ReadinessItem.ID) -> ReadinessItem.State? { item(id)?.state }
}

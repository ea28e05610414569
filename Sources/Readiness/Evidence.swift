import ByteStorage
import FirmwareAssistedDump
import HostState
import LoadPlan
import PhysicalMemory
import SystemPackage

/// What the answer of a check rests on: a reading of each file that decides whether a panic of this
/// machine ends in a dump. A check reads nothing else, and nothing that cannot be read stops it.
public struct Evidence: Sendable {
    /// What a check needs of /proc/iomem.
    public struct Memory: Sendable {
        /// The regions reserved for a crash kernel, in address order.
        public let crashRegions: [PhysicalRange]
        /// All System RAM.
        public let totalRAM: ByteCount
    }

    /// The file that shows that this is a capture kernel itself; nil for an ordinary kernel.
    public let captureKernelFile: FilePath?
    /// /sys/kernel/kexec/crash_loaded: not 0 where a crash image is loaded.
    public let crashImageLoaded: Reading<UInt64>
    /// crash_hotplug of the CPUs: not 0 where the kernel updates the loaded image when CPUs come and go.
    public let cpuHotplug: Reading<UInt64>
    /// crash_hotplug of memory, in the same way.
    public let memoryHotplug: Reading<UInt64>

    /// /proc/iomem.
    public let memory: Reading<Memory>
    /// Where the device tree names the region, which ppc64 keeps out of /proc/iomem.
    public let deviceTreeRegion: Reading<PhysicalRange>
    /// Bytes reserved for a crash kernel, crash_size.
    public let crashSize: Reading<UInt64>
    /// /proc/cmdline, of the running kernel.
    public let commandLine: Reading<KernelCommandLine>

    /// Firmware-assisted dump; all of it absent where there is none.
    public let fadump: FadumpState

    /// kernel.panic_on_oops: not 0 where an oops panics.
    public let panicOnOops: Reading<Int64>
    /// kernel.panic: seconds from a panic to the reboot, 0 for none, below 0 for at once.
    public let panicTimeout: Reading<Int64>
    /// Whether panic notifiers run before the crash image starts (crash_kexec_post_notifiers).
    public let postNotifiers: Reading<Bool>

    /// kernel.kexec_load_disabled: not 0 where nothing can be loaded until the next boot.
    public let loadDisabled: Reading<Int64>
    /// How many more crash images may be loaded; -1 for any number (Linux 6.3 and newer).
    public let loadLimit: Reading<Int64>
    /// The lockdown level in force.
    public let lockdown: Reading<Lockdown>
    /// Whether the firmware's Secure Boot is on.
    public let secureBoot: Reading<Bool>
    /// Whether a rule of IMA's policy demands a signature of a kernel that is loaded.
    public let imaAppraisesKernels: Reading<Bool>

    static let crashSizeNames = ["sys/kernel/kexec/crash_size", "sys/kernel/kexec_crash_size"]

    /// Reads all of it; what cannot be read is a reading, too.
    public static func read(_ root: SystemRoot) -> Evidence {
        let commandLine = Reading<KernelCommandLine>.read("proc/cmdline", in: root) { name throws(HostStateError) in
            try root.read(name).map { KernelCommandLine($0) }
        }
        return Evidence(
            captureKernelFile: CaptureKernel.file(in: root, commandLine: commandLine),
            crashImageLoaded: .number(HostState.crashLoadedNames, in: root),
            cpuHotplug: .number([HostState.crashHotplugNames[0]], in: root),
            memoryHotplug: .number([HostState.crashHotplugNames[1]], in: root),
            memory: readMemory(root),
            deviceTreeRegion: DeviceTreeRegion.read(root),
            crashSize: .number(crashSizeNames, in: root),
            commandLine: commandLine,
            fadump: FadumpState.read(root),
            panicOnOops: .sysctl("panic_on_oops", in: root),
            panicTimeout: .sysctl("panic", in: root),
            postNotifiers: readPostNotifiers(root),
            loadDisabled: .sysctl("kexec_load_disabled", in: root),
            loadLimit: .sysctl("kexec_load_limit_panic", in: root),
            lockdown: Lockdown.read(root),
            secureBoot: SecureBoot.read(root),
            imaAppraisesKernels: IMAPolicy.read(root))
    }

    private static func readMemory(_ root: SystemRoot) -> Reading<Memory> {
        .read(IOMemory.name, in: root) { name throws(HostStateError) in
            guard let bytes = try root.read(name) else { return nil }
            let map = try IOMemory(bytes, from: root.file(name))
            var total = ByteCount.zero
            // The ranges do not overlap, so their sizes cannot add up to more than 64 bits hold.
            for range in map.systemRAM.normalized() { total = total.adding(range.size) ?? total }
            return Memory(crashRegions: map.crashKernel, totalRAM: total)
        }
    }

    private static func readPostNotifiers(_ root: SystemRoot) -> Reading<Bool> {
        .read("sys/module/kernel/parameters/crash_kexec_post_notifiers", in: root) { name throws(HostStateError) in
            switch try root.line(name) {
            case nil: return nil
            case "Y"?: return true
            case "N"?: return false
            case let text?: throw .garbled(root.file(name), line: 1, found: text, allowed: "Y or N")
            }
        }
    }
}

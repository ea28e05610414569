import ByteStorage
import FirmwareAssistedDump
import HostState
import LoadPlan
import PhysicalMemory
import SystemPackage

/// Everything that decides whether a panic of this machine ends in a dump, as one value. Nothing
/// else is read by a check, and nothing that cannot be read stops it.
public struct MachineFacts: Sendable {
    /// What /proc/iomem tells.
    public struct Memory: Sendable {
        /// The regions reserved for a crash kernel, in address order.
        public let crashRegions: [PhysicalRange]
        public let totalRAM: ByteCount
    }

    /// The file that shows that this is a capture kernel itself; nil for an ordinary kernel.
    public let captureKernelSign: FilePath?
    public let crashImageLoaded: Fact<UInt64>
    /// Whether the loaded image takes updates when CPUs, when memory come and go.
    public let cpuHotplug: Fact<UInt64>
    public let memoryHotplug: Fact<UInt64>

    public let memory: Fact<Memory>
    /// Where the device tree names the region, which ppc64 keeps out of /proc/iomem.
    public let deviceTreeRegion: Fact<PhysicalRange>
    public let crashSize: Fact<UInt64>
    public let commandLine: Fact<KernelCommandLine>

    public let fadump: FadumpState

    public let panicOnOops: Fact<Int64>
    public let panicTimeout: Fact<Int64>
    public let postNotifiers: Fact<Bool>

    public let loadDisabled: Fact<Int64>
    /// How many more crash images may be loaded; -1 for any number (Linux 6.3 and newer).
    public let loadLimit: Fact<Int64>
    public let lockdown: Fact<Lockdown>
    public let secureBoot: Fact<Bool>
    /// Whether a rule of IMA's policy demands a signature of a kernel that is loaded.
    public let imaAppraisesKernels: Fact<Bool>

    static let crashSizeNames = ["sys/kernel/kexec/crash_size", "sys/kernel/kexec_crash_size"]

    public static func read(_ root: SystemRoot) -> MachineFacts {
        let commandLine = Fact<KernelCommandLine>.read("proc/cmdline", in: root) { name throws(HostStateError) in
            try root.read(name).map { KernelCommandLine($0) }
        }
        return MachineFacts(
            captureKernelSign: CaptureKernel.sign(in: root, commandLine: commandLine),
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

    private static func readMemory(_ root: SystemRoot) -> Fact<Memory> {
        .read(IOMemory.name, in: root) { name throws(HostStateError) in
            guard let bytes = try root.read(name) else { return nil }
            let map = try IOMemory(bytes, from: root.file(name))
            var total = ByteCount.zero
            // The ranges do not overlap, so their sizes cannot add up to more than 64 bits hold.
            for range in map.systemRAM.normalized() { total = total.adding(range.size) ?? total }
            return Memory(crashRegions: map.crashKernel, totalRAM: total)
        }
    }

    private static func readPostNotifiers(_ root: SystemRoot) -> Fact<Bool> {
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

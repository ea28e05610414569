import ByteStorage
import FirmwareAssistedDump
import HostState
import LoadPlan
import PhysicalMemory
import SystemPackage

/// What the answer of a check rests on: a reading of each file that decides whether a panic of this
/// machine ends in a dump. A check reads nothing else, and nothing that cannot be read stops it.
public struct Evidence: Sendable {
    /// Where it was read.
    public let root: SystemRoot
    /// The kind of Xen's domain; absent outside of Xen.
    public let xen: Reading<XenDomain>
    /// What the running kernel holds for the next one; nil where it cannot be read.
    public let handover: HandoverState?
    /// The ranges of crashkernel=…,cma.
    public let crashCMARanges: Reading<[PhysicalRange]>
    /// The file that shows that this is a capture kernel itself; nil for an ordinary kernel.
    public let captureKernelFile: FilePath?
    /// /sys/kernel/kexec/crash_loaded: not 0 where a crash image is loaded.
    public let crashImageLoaded: Reading<UInt64>
    /// crash_hotplug of the CPUs: not 0 where the kernel updates the loaded image when CPUs come and go.
    public let cpuHotplug: Reading<UInt64>
    /// crash_hotplug of memory, in the same way.
    public let memoryHotplug: Reading<UInt64>

    /// Bytes of program headers that the kernel wants room for; absent where it updates no crash image.
    public let elfcorehdrCapacity: Reading<UInt64>
    /// What is missing for a crash image that the kernel keeps right; nil for nothing.
    public let hotplugObstacle: HotplugObstacle?

    /// System RAM but what drivers have added: the kernel sizes what it reserves when it boots, before those come.
    public let totalRAM: Reading<ByteCount>
    /// The regions reserved for a crash kernel, in address order.
    public let crashRegions: Reading<[PhysicalRange]>
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

    /// Reads all of it; what cannot be read is a reading, too.
    /// - Parameter architecture: the machine's; nil for one that no plans are made for
    public static func read(_ root: SystemRoot, for architecture: (any TargetArchitecture)?) -> Evidence {
        let files = KexecFiles(root)
        let capacity = files.elfcorehdrCapacity
        let ioMemory = files.ioMemory
        let commandLine = files.commandLine.map { KernelCommandLine($0) }
        return Evidence(
            root: root,
            xen: XenDomain.reading(root),
            handover: try? HandoverState.read(root),
            crashCMARanges: files.crashCMARanges,
            captureKernelFile: CaptureKernel.file(in: root, commandLine: commandLine),
            crashImageLoaded: files.crashImageLoaded,
            cpuHotplug: files.cpuHotplug,
            memoryHotplug: files.memoryHotplug,
            elfcorehdrCapacity: capacity,
            hotplugObstacle: HotplugGate.obstacle(
                files: files, hasCapacity: !capacity.isAbsent, release: (try? HostIdentity.read(root))?.release, for: architecture),
            totalRAM: ioMemory.map { total($0.nextKernelRAM) },
            crashRegions: files.crashRegions(ioMemory),
            crashSize: files.crashSize,
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

    /// Ranges that do not overlap cannot add up to more than 64 bits hold.
    private static func total(_ ranges: [PhysicalRange]) -> ByteCount {
        ranges.normalized().reduce(.zero) { $0.adding($1.size) ?? $0 }
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

import DeviceTree
import PhysicalMemory
import SystemPackage

/// What a loader has to know of the running machine, as one value: read live or from a folder
/// that `swkexec snapshot` wrote. Planning reads nothing else.
///
/// What a machine may lack is nil; the plan that needs it says so.
public struct HostState: Sendable {
    /// Where it was read, for messages.
    public let root: SystemRoot
    /// /proc/iomem, whole.
    public let ioMemory: IOMemory
    /// "System RAM" in address order.
    public let systemRAM: [PhysicalRange]
    /// The regions reserved for a crash kernel, in address order.
    public let crashRegions: [PhysicalRange]
    /// Memory lent to movable pages until a crash (crashkernel=…,cma): no part of the dump, and
    /// usable RAM for the capture kernel.
    public let crashCMARanges: [PhysicalRange]
    /// The file that `crashRegions` were read from.
    public let crashRegionSource: FilePath
    /// The running device tree; nil on machines without.
    public let deviceTree: DeviceTree?
    /// The flattened tree that this kernel was booted with, its loader's changes among it.
    public let bootDeviceTree: [UInt8]?
    /// The CPUs that there may ever be; 0 where there is no such file.
    public let possibleCPUs: Int
    /// The firmware's memory map; nil where the kernel does not export it.
    public let firmwareMap: [FirmwareRange]?
    /// In the order of the CPUs' numbers; empty where the kernel has none.
    public let crashNotes: [CrashNotes]
    /// The note that holds VMCOREINFO.
    public let vmcoreinfo: PhysicalRange?
    /// The program headers of /proc/kcore.
    public let kernelCore: KernelCore?
    /// The room the kernel wants for an elfcorehdr it may rewrite on hotplug; nil where the
    /// kernel has no crash hotplug support.
    public let elfcorehdrCapacity: ByteCount?
    /// The kernel runs on five levels of page tables, and leaves them on for the next one (x86).
    public let usesFiveLevelPaging: Bool
    /// Whether a hypervisor cannot see this machine's memory and registers (x86).
    public let confidentialGuest: ConfidentialGuest?
    /// boot_params of this boot (x86), 4096 bytes.
    public let bootParameters: [UInt8]?
    /// What fbdev calls the first framebuffer; nil where there is none.
    public let framebufferName: String?
    /// The runtime services of an EFI machine.
    public let efi: EFIState?
    /// The tables that its firmware names, by the names in sys/firmware/efi/systab; empty without EFI.
    public let efiTables: [String: UInt64]
    /// /proc/cmdline without its line end.
    public let commandLine: [UInt8]?
    /// The running kernel's version; nil where /proc/version is missing or of another form.
    public let release: KernelRelease?
    /// By what this machine and boot differ from others.
    public let identity: HostIdentity
    /// MemTotal of /proc/meminfo: the pages that the kernel calls totalram.
    public let totalMemory: ByteCount?

    /// The running device tree, as folders.
    public static let deviceTreeName = "proc/device-tree"
    /// The file of `bootDeviceTree`.
    public static let bootDeviceTreeName = "sys/firmware/fdt"
    /// The file of `vmcoreinfo`.
    public static let vmcoreinfoName = "sys/kernel/vmcoreinfo"
    /// The files of `elfcorehdrCapacity`, newer kernels first.
    public static let elfcorehdrCapacityNames = ["sys/kernel/kexec/crash_elfcorehdr_size", "sys/kernel/crash_elfcorehdr_size"]
    /// Whether a crash image is loaded; newer kernels first, as below.
    public static let crashLoadedNames = ["sys/kernel/kexec/crash_loaded", "sys/kernel/kexec_crash_loaded"]
    /// Whether an image to reboot into is loaded.
    public static let loadedNames = ["sys/kernel/kexec/loaded", "sys/kernel/kexec_loaded"]
    /// The bytes reserved for a crash kernel.
    public static let crashSizeNames = ["sys/kernel/kexec/crash_size", "sys/kernel/kexec_crash_size"]
    /// Whether the kernel updates the loaded crash image on hotplug of CPUs, of memory.
    public static let crashHotplugNames = ["sys/devices/system/cpu/crash_hotplug", "sys/devices/system/memory/crash_hotplug"]
    static let crashCMARangesName = "sys/kernel/kexec/crash_cma_ranges"
    static let bootParametersName = "sys/kernel/boot_params/data"
    static let bootParametersSize = 4096
    static let framebufferNameName = "sys/class/graphics/fb0/name"

    /// Reads the machine below `root`. Throws where a plan could not be right: no memory, files that
    /// are not of the kernel's form, or that contradict each other.
    public static func read(_ root: SystemRoot) throws(HostStateError) -> HostState {
        let path = root.file(IOMemory.name)
        guard let iomem = try root.read(IOMemory.name) else { throw .missing(path, what: "the machine's memory") }
        let ioMemory = try IOMemory(iomem, from: path)
        let identity = try HostIdentity.read(root)
        let systemRAM = ioMemory.systemRAM.normalized()
        let deviceTree = try DeviceTree.read(root)
        let (crashRegions, crashRegionSource) = try readCrashRegions(root, ioMemory, deviceTree)
        for region in crashRegions where !systemRAM.contains(where: { $0.contains(region) }) {
            throw .contradiction(crashRegionSource, "the crash kernel's region \(region) lies outside System RAM")
        }
        let processor = try Processor.read(root)
        return HostState(
            root: root,
            ioMemory: ioMemory,
            systemRAM: systemRAM,
            crashRegions: crashRegions,
            crashCMARanges: try readCrashCMARanges(root),
            crashRegionSource: crashRegionSource,
            deviceTree: deviceTree,
            bootDeviceTree: try root.read(bootDeviceTreeName),
            possibleCPUs: try CrashNotes.possibleCPUs(root).count,
            firmwareMap: try FirmwareRange.read(root),
            crashNotes: try CrashNotes.read(root),
            vmcoreinfo: try readVMCoreInfo(root),
            kernelCore: try KernelCore.read(root),
            elfcorehdrCapacity: try root.firstNumber(elfcorehdrCapacityNames).map { ByteCount($0.value) },
            usesFiveLevelPaging: processor.flags.contains("la57"),
            confidentialGuest: try ConfidentialGuest.read(root, processor),
            bootParameters: try readBootParameters(root),
            framebufferName: try root.read(framebufferNameName).map { $0.trimmed.text },
            efi: try EFIState.read(root),
            efiTables: try EFIState.readTables(root),
            commandLine: try root.read("proc/cmdline").map { Array($0.trimmed) },
            release: identity.version.flatMap { KernelRelease($0.trimmed.text) },
            identity: identity,
            totalMemory: try readTotalMemory(root))
    }

    /// Whether an image of that kind is loaded; nil where none of these files exists.
    public static func isLoaded(_ names: [String], in root: SystemRoot) throws(HostStateError) -> Bool? {
        try root.firstNumber(names).map { $0.value != 0 }
    }

    /// The bytes reserved for a crash kernel; nil where no such file exists.
    public static func crashSize(in root: SystemRoot) throws(HostStateError) -> UInt64? {
        try root.firstNumber(crashSizeNames)?.value
    }

    /// In /proc/iomem, or where PowerPC kernels show theirs alone: in /chosen of the device tree
    /// (arch/powerpc/kexec/core.c, export_crashk_values).
    private static func readCrashRegions(
        _ root: SystemRoot, _ ioMemory: IOMemory, _ deviceTree: DeviceTree?
    ) throws(HostStateError) -> ([PhysicalRange], FilePath) {
        guard ioMemory.crashKernel.isEmpty, let chosen = deviceTree?.node("/chosen"), chosen["linux,kernel-end"] != nil else {
            return (ioMemory.crashKernel, root.file(IOMemory.name))
        }
        let source = root.file("\(deviceTreeName)/chosen/linux,crashkernel-size")
        do {
            guard let start = try chosen.number("linux,crashkernel-base"), let size = try chosen.number("linux,crashkernel-size"),
                let region = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
            else { return ([], source) }
            return ([region], source)
        } catch {
            throw .contradiction(root.file(deviceTreeName), "\(error)")
        }
    }

    /// "ADDRESS SIZE", both hexadecimal; the address has 0x in front on some kernels.
    private static func readVMCoreInfo(_ root: SystemRoot) throws(HostStateError) -> PhysicalRange? {
        guard let text = try root.read(vmcoreinfoName) else { return nil }
        let fields = text.trimmed.split(separator: 0x20)
        guard fields.count == 2, let address = fields[0].number(radix: 16), let size = fields[1].number(radix: 16),
            let range = PhysicalRange(start: PhysicalAddress(address), size: ByteCount(size))
        else {
            throw .garbled(root.file(vmcoreinfoName), line: 1, found: text.trimmed.text, allowed: "'ADDRESS SIZE', both hexadecimal")
        }
        return range
    }

    /// A line a range, "100000000-10c7fffff", both ends included.
    private static func readCrashCMARanges(_ root: SystemRoot) throws(HostStateError) -> [PhysicalRange] {
        var ranges: [PhysicalRange] = []
        for (index, line) in (try root.read(crashCMARangesName) ?? []).lines.enumerated() where !line.trimmed.isEmpty {
            let ends = line.trimmed.split(separator: 0x2d, omittingEmptySubsequences: false)
            guard ends.count == 2, let start = ends[0].number(radix: 16), let last = ends[1].number(radix: 16),
                let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last))
            else {
                throw .garbled(root.file(crashCMARangesName), line: index + 1, found: line.text, allowed: "'START-END', both hexadecimal")
            }
            ranges.append(range)
        }
        return ranges.normalized()
    }

    private static func readBootParameters(_ root: SystemRoot) throws(HostStateError) -> [UInt8]? {
        guard let bytes = try root.read(bootParametersName) else { return nil }
        guard bytes.count == bootParametersSize else {
            throw .contradiction(
                root.file(bootParametersName), "\(bytes.count) bytes are not the \(bootParametersSize) of struct boot_params")
        }
        return bytes
    }

    private static func readTotalMemory(_ root: SystemRoot) throws(HostStateError) -> ByteCount? {
        let name = "proc/meminfo"
        let label = Array("MemTotal:".utf8)
        for (index, line) in (try root.read(name) ?? []).lines.enumerated() where line.starts(with: label) {
            guard let kibibytes = line.dropFirst(label.count).trimmed.split(separator: 0x20).first?.number(radix: 10),
                kibibytes <= UInt64.max >> 10
            else {
                throw .garbled(root.file(name), line: index + 1, found: line.text, allowed: "'MemTotal: NUMBER kB'")
            }
            return ByteCount(kibibytes << 10)
        }
        return nil
    }
}

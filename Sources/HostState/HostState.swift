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
    /// The RAM that is dumped, in address order (`IOMemory.dumpedRAM`).
    public let dumpedRAM: [PhysicalRange]
    /// The RAM that a next kernel may have, as the running one shows it, in address order (`IOMemory.nextKernelRAM`).
    public let nextKernelRAM: [PhysicalRange]
    /// The RAM that an image may lie in, in address order (`IOMemory.imageRAM`).
    public let imageRAM: [PhysicalRange]
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
    /// What the running kernel holds for the next one beside the image.
    public let handover: HandoverState
    /// ACPI describes memory that can come and go, as a device; nil where no devices are shown.
    public let hasACPIMemoryDevices: Bool?
    /// The kind of Xen's domain; nil outside of Xen.
    public let xen: XenDomain?
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
    static let bootParametersName = "sys/kernel/boot_params/data"
    static let bootParametersSize = 4096
    static let framebufferNameName = "sys/class/graphics/fb0/name"

    /// Reads the machine below `root`. Throws where a plan could not be right: no memory, files that
    /// are not of the kernel's form, or that contradict each other.
    public static func read(_ root: SystemRoot) throws(HostStateError) -> HostState {
        let files = KexecFiles(root)
        let memoryFile = files.ioMemory
        guard let ioMemory = try memoryFile.get() else { throw .missing(memoryFile.file, what: "the machine's memory") }
        let identity = try HostIdentity.read(root)
        let crashRegions = files.crashRegions(memoryFile)
        let processor = try Processor.read(root)
        return HostState(
            root: root,
            ioMemory: ioMemory,
            dumpedRAM: ioMemory.dumpedRAM.normalized(),
            nextKernelRAM: ioMemory.nextKernelRAM.normalized(),
            imageRAM: ioMemory.imageRAM,
            crashRegions: try crashRegions.get() ?? [],
            crashCMARanges: try files.crashCMARanges.get() ?? [],
            crashRegionSource: crashRegions.file,
            deviceTree: try DeviceTree.read(root),
            bootDeviceTree: try root.read(bootDeviceTreeName),
            possibleCPUs: try CrashNotes.possibleCPUs(root).count,
            firmwareMap: try FirmwareRange.read(root),
            crashNotes: try CrashNotes.read(root),
            vmcoreinfo: try readVMCoreInfo(root),
            kernelCore: try KernelCore.read(root),
            elfcorehdrCapacity: try files.elfcorehdrCapacity.get().map { ByteCount($0) },
            usesFiveLevelPaging: processor.flags.contains("la57"),
            confidentialGuest: try ConfidentialGuest.read(root, processor),
            handover: try HandoverState.read(root),
            hasACPIMemoryDevices: try ACPIMemoryDevice.isPresent(root),
            xen: try XenDomain.read(root),
            bootParameters: try readBootParameters(root),
            framebufferName: try root.read(framebufferNameName).map { $0.trimmed.text },
            efi: try EFIState.read(root),
            efiTables: try EFIState.readTables(root),
            commandLine: try files.commandLine.get(),
            release: identity.release,
            identity: identity,
            totalMemory: try readTotalMemory(root))
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

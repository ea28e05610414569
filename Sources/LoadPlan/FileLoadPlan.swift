import ByteStorage
import HostState
import KernelImage
import PhysicalMemory

/// The flags of kexec_file_load(2) (include/uapi/linux/kexec.h).
public struct KexecFileFlags: OptionSet, Hashable, Sendable {
    /// As the kernel takes it.
    public let rawValue: UInt64
    /// Unknown bits are kept.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// KEXEC_FILE_UNLOAD
    public static let unload = KexecFileFlags(rawValue: 0x01)
    /// KEXEC_FILE_ON_CRASH
    public static let onCrash = KexecFileFlags(rawValue: 0x02)
    /// KEXEC_FILE_NO_INITRAMFS
    public static let noInitramfs = KexecFileFlags(rawValue: 0x04)
    /// The kernel says more in its log. Kernels 6.8 and newer.
    public static let debug = KexecFileFlags(rawValue: 0x08)
    /// No segments in CMA memory. Kernels 6.17 and newer.
    public static let noCMA = KexecFileFlags(rawValue: 0x10)
    /// The running device tree is handed on though there is ACPI.
    public static let forceDTB = KexecFileFlags(rawValue: 0x20)

    /// The names of the bits that are set, for a dry run.
    public var names: [String] {
        [
            (KexecFileFlags.unload, "KEXEC_FILE_UNLOAD"),
            (.onCrash, "KEXEC_FILE_ON_CRASH"),
            (.noInitramfs, "KEXEC_FILE_NO_INITRAMFS"),
            (.debug, "KEXEC_FILE_DEBUG"),
            (.noCMA, "KEXEC_FILE_NO_CMA"),
            (.forceDTB, "KEXEC_FILE_FORCE_DTB"),
        ].filter { contains($0.0) }.map { $0.1 }
    }
}

/// What kexec_file_load(2) will be asked to do: the kernel itself makes the segments, seals them
/// and keeps them right on hotplug.
public struct FileLoadPlan: Sendable {
    /// A file that the kernel reads by its descriptor.
    public struct File: Sendable {
        /// Which argument of the call it is.
        public enum Role: String, Sendable {
            /// kernel_fd
            case kernel
            /// initrd_fd
            case initrd
        }
        /// Which argument of the call it is.
        public let role: Role
        /// As the user named it.
        public let name: String
        /// The whole file.
        public let contents: Bytes
    }

    /// As uname -m prints it.
    public let architecture: String
    /// Whether it is for a panic or for a reboot.
    public let purpose: LoadPlan.Purpose
    /// The kernel, then the initrd if there is one.
    public let files: [File]
    /// The new kernel's, without its NUL.
    public let commandLine: KernelCommandLine
    /// What the call is sent with.
    public let flags: KexecFileFlags
    /// Whether it was promised that the kernel keeps the image right. Where it can it does so unasked, and cannot be kept from it.
    public let hotplugRequested: Bool
    /// What the user should know though the plan can be carried out.
    public let warnings: [String]

    /// - Parameter extraFlags: those the user asked for; the planner adds what follows from the
    ///   request
    public init(
        _ request: LoadRequest, on host: HostState, for architecture: any TargetArchitecture, extraFlags: KexecFileFlags
    ) throws(PlanError) {
        if let obstacle = host.xen?.obstacle { throw .hypervisor(obstacle) }
        hotplugRequested = request.hotplugChoice == .promised && request.purpose == .crash
        if hotplugRequested, let obstacle = HotplugGate.obstacle(on: host, for: architecture) { throw .hotplug(obstacle) }
        if request.purpose == .crash, host.crashRegions.isEmpty { throw .noCrashRegion(host.crashRegionSource) }
        if request.commandLine.bytes.contains(0) { throw .commandLineHasNUL }
        var flags = extraFlags
        if request.purpose == .crash { flags.insert(.onCrash) }
        if request.initrd == nil { flags.insert(.noInitramfs) }
        self.architecture = architecture.name
        purpose = request.purpose
        // The file as it is on disk, unless it had to be taken out of a wrapper: its signature and
        // its extended attributes go with it.
        files =
            [File(role: .kernel, name: request.kernel.name, contents: request.kernel.contents.bytes)]
            + [request.initrd].compactMap { $0 }.map { File(role: .initrd, name: $0.name, contents: $0.contents) }
        commandLine = request.commandLine
        self.flags = flags
        warnings =
            request.warnings + architecture.warnings(of: request, on: host) + Self.memoryWarnings(request, on: host, for: architecture)
    }

    /// Where a crash image lies is known without its places.
    private static func memoryWarnings(
        _ request: LoadRequest, on host: HostState, for architecture: any TargetArchitecture
    ) -> [String] {
        guard request.purpose == .crash else { return [] }
        let own = host.crashRegions + host.crashCMARanges
        // Machines that have any at all there let the capture kernel have it.
        let firstMebibyte = [PhysicalRange(start: PhysicalAddress(0), end: PhysicalAddress(1 << 20))].compactMap { $0 }
        return MemoryParameters(request.commandLine, in: architecture.memoryParameters, ram: own).warnings(
            image: host.crashRegions.map { ("the crash kernel's region", $0) }, kept: host.dumpedRAM.subtracting(own + firstMebibyte))
    }

    private init(_ plan: FileLoadPlan, files: [File]) {
        architecture = plan.architecture
        purpose = plan.purpose
        self.files = files
        commandLine = plan.commandLine
        flags = plan.flags
        hotplugRequested = plan.hotplugRequested
        warnings = plan.warnings
    }

    /// The same with each file open as a file of its own: parts of a file, as a unified kernel image
    /// has them, are copied into memory files.
    public func openingFiles() throws(FileError) -> FileLoadPlan {
        var opened: [File] = []
        for file in files {
            opened.append(File(role: file.role, name: file.name, contents: try MemoryFile.holding(file.contents)))
        }
        return FileLoadPlan(self, files: opened)
    }
}

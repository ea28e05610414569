import ByteStorage
import HostState
import KernelImage
import PhysicalMemory

/// The flags of kexec_file_load(2) (include/uapi/linux/kexec.h).
public struct KexecFileFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let unload = KexecFileFlags(rawValue: 0x01)
    public static let onCrash = KexecFileFlags(rawValue: 0x02)
    public static let noInitramfs = KexecFileFlags(rawValue: 0x04)
    /// The kernel says more in its log. Kernels 6.8 and newer.
    public static let debug = KexecFileFlags(rawValue: 0x08)
    /// No segments in CMA memory. Kernels 6.17 and newer.
    public static let noCMA = KexecFileFlags(rawValue: 0x10)
    /// The running device tree is handed on though there is ACPI.
    public static let forceDTB = KexecFileFlags(rawValue: 0x20)

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
    public struct File: Sendable {
        public enum Role: String, Sendable {
            case kernel
            case initrd
        }
        public let role: Role
        public let name: String
        public let contents: Bytes
    }

    public let architecture: String
    public let purpose: LoadPlan.Purpose
    /// The kernel, then the initrd if there is one.
    public let files: [File]
    public let commandLine: KernelCommandLine
    public let flags: KexecFileFlags
    public let hotplugRequested: Bool
    public let warnings: [String]

    /// - Parameter extraFlags: those the user asked for; the planner adds what follows from the
    ///   request
    public init(
        _ request: LoadRequest, on host: HostState, for architecture: any TargetArchitecture, extraFlags: KexecFileFlags
    ) throws(PlanError) {
        hotplugRequested = request.hotplug && request.purpose == .crash
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
        warnings = request.warnings
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

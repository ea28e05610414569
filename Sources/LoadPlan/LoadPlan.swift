import PhysicalMemory
import SHA256

/// What kexec_load(2) will be asked to do. Everything that is printed or sent comes from this
/// one value.
public struct LoadPlan: Sendable {
    /// When the image is entered. The raw values are words of the JSON form.
    public enum Purpose: String, Sendable {
        /// The image is entered at a panic, from the memory reserved for it.
        case crash
        /// The image is entered by reboot(2), and may lie anywhere in RAM.
        case reboot
    }

    /// The digest that purgatory checks, and how many bytes it covers.
    public struct Digest: Hashable, Sendable {
        /// SHA-256 over the loaded bytes of the included segments.
        public let value: SHA256Digest
        /// How many bytes that is.
        public let coveredBytes: UInt64

        /// Made by the planner, or read from a plan file.
        public init(value: SHA256Digest, coveredBytes: UInt64) {
            self.value = value
            self.coveredBytes = coveredBytes
        }
    }

    /// The name of the architecture, `x86_64`.
    public let architecture: String
    /// When the image is entered.
    public let purpose: Purpose
    /// Where the old kernel jumps to: into purgatory.
    public let entry: PhysicalAddress
    /// In address order.
    public let segments: [Segment]
    /// What the call is sent with.
    public let flags: KexecFlags
    /// What to send instead when the kernel answers EINVAL to `flags`, on kernels where that can
    /// only mean that it is too old for them; nil everywhere else.
    public let olderFlags: KexecFlags?
    /// Nil when purgatory does not check (`-i`).
    public let digest: Digest?
    /// The new kernel's, without its NUL.
    public let commandLine: KernelCommandLine
    /// Whether the kernel is asked to keep the image right when memory and CPUs come and go.
    public let hotplugRequested: Bool
    /// Why it is, or is not; nil for a reboot, and in a plan out of a file, which does not keep it.
    public let hotplugUpdates: HotplugUpdates?
    /// State of the running kernel that the image does not hand on; a plan out of a file does not keep it.
    public let lostHandover: [LostHandover]
    /// The memory the segments could be placed in, in address order: the crash kernel's region, or
    /// RAM.
    public let usableMemory: [PhysicalRange]
    /// What the user should know though the plan can be carried out.
    public let warnings: [String]

    /// Made by the planner, or read from a plan file.
    public init(
        architecture: String, purpose: Purpose, entry: PhysicalAddress, segments: [Segment], flags: KexecFlags,
        olderFlags: KexecFlags?, digest: Digest?, commandLine: KernelCommandLine, hotplugRequested: Bool,
        hotplugUpdates: HotplugUpdates? = nil, lostHandover: [LostHandover] = [], usableMemory: [PhysicalRange], warnings: [String]
    ) {
        self.architecture = architecture
        self.purpose = purpose
        self.entry = entry
        self.segments = segments
        self.flags = flags
        self.olderFlags = olderFlags
        self.digest = digest
        self.commandLine = commandLine
        self.hotplugRequested = hotplugRequested
        self.hotplugUpdates = hotplugUpdates
        self.lostHandover = lostHandover
        self.usableMemory = usableMemory
        self.warnings = warnings
    }

    /// The first segment of that role; nil where there is none.
    public func segment(_ role: SegmentRole) -> Segment? { segments.first { $0.role == role } }

    /// The segments that the digest leaves out because the kernel may rewrite them.
    public var hotplugSegments: [Segment] { segments.filter { $0.digestRule == .excluded(because: .hotplug) } }
}

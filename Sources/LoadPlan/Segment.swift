import ByteStorage
import PhysicalMemory

/// What a segment is for.
public enum SegmentRole: String, Hashable, Sendable, CaseIterable {
    case kernel
    case initrd
    /// The flattened device tree.
    case fdt
    case elfcorehdr
    /// What the kernel is told: the zero page (struct boot_params) and the command line; for a
    /// multiboot image its information structure.
    case bootParameters
    /// The kernel's real-mode code, which boot parameters are part of, its heap and the command line.
    case realMode
    /// The linked list of setup_data and what it points to.
    case setupData
    case purgatory
    /// A file that a multiboot image is given besides itself.
    case module
    /// Nothing is loaded there: memory of this kernel that the other one uses, which the kernel
    /// swaps with zeroed pages for as long as the other one runs.
    case backup
}

/// Whether purgatory's digest covers a segment.
public enum DigestRule: Hashable, Sendable {
    case included
    case excluded(because: Reason)

    public enum Reason: String, Hashable, Sendable {
        /// The kernel may rewrite it when memory or CPUs come and go.
        case hotplug
        /// It holds the digest itself.
        case purgatory
    }
}

/// A piece of physical memory that kexec_load(2) fills.
public struct Segment: Sendable {
    public let role: SegmentRole
    /// Whole pages. What the contents do not fill, the kernel zeroes.
    public let memory: PhysicalRange
    public var contents: Bytes
    public let digestRule: DigestRule

    public init(role: SegmentRole, memory: PhysicalRange, contents: Bytes, digestRule: DigestRule) {
        self.role = role
        self.memory = memory
        self.contents = contents
        self.digestRule = digestRule
    }

    public var loadedSize: ByteCount { ByteCount(contents.count) }
}

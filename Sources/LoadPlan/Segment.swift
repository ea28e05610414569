import ByteStorage
import PhysicalMemory

/// What a segment is for.
public enum SegmentRole: String, Hashable, Sendable, CaseIterable {
    /// The kernel, or a part of it.
    case kernel
    /// The initial RAM disk.
    case initrd
    /// The flattened device tree.
    case fdt
    /// The ELF core header that a capture kernel shows as /proc/vmcore.
    case elfcorehdr
    /// The zero page (struct boot_params) and the command line; for a multiboot image its boot
    /// information.
    case bootParameters
    /// The kernel's real-mode code, which boot parameters are part of, its heap and the command line.
    case realMode
    /// The linked list of setup_data and what it points to.
    case setupData
    /// What runs between the two kernels.
    case purgatory
    /// A file that a multiboot image is given besides itself.
    case module
    /// Nothing is loaded there: memory of this kernel that the other one uses, which the kernel
    /// swaps with zeroed pages for as long as the other one runs.
    case backup
}

/// Whether purgatory's digest covers a segment.
public enum DigestRule: Hashable, Sendable {
    /// It does, for all loaded bytes.
    case included
    /// It does not.
    case excluded(because: Reason)

    /// Why not. The raw values are words of the JSON form.
    public enum Reason: String, Hashable, Sendable {
        /// The kernel may rewrite it when memory or CPUs come and go.
        case hotplug
        /// It holds the digest itself.
        case purgatory
    }
}

/// A piece of physical memory that kexec_load(2) fills.
public struct Segment: Sendable {
    /// What it is for.
    public let role: SegmentRole
    /// Whole pages. What the contents do not fill, the kernel zeroes.
    public let memory: PhysicalRange
    /// What is loaded, at its start.
    public var contents: Bytes
    /// Whether the digest covers it.
    public let digestRule: DigestRule

    /// Made by the planner, or read from a plan file.
    public init(role: SegmentRole, memory: PhysicalRange, contents: Bytes, digestRule: DigestRule) {
        self.role = role
        self.memory = memory
        self.contents = contents
        self.digestRule = digestRule
    }

    /// Bytes of the contents.
    public var loadedSize: ByteCount { ByteCount(contents.count) }
}

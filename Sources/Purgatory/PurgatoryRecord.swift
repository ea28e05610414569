import BinaryLayout
import PhysicalMemory

/// What purgatory knows of the image that it is part of (struct purgatory_record of Purgatory/Common/include/parameters.h): the loader
/// writes it, purgatory checks by it, and whoever scans the memory of the crash region finds it by its magic number.
public struct PurgatoryRecord: Hashable, Sendable {
    /// enum purgatory_role
    public enum Role: UInt32, Hashable, Sendable, CaseIterable {
        case kernel = 1
        case initrd = 2
        case fdt = 3
        case elfcorehdr = 4
        case bootParameters = 5
        case realMode = 6
        case setupData = 7
        case purgatory = 8
        case module = 9
        case backup = 10
    }

    /// enum purgatory_segment_check
    public enum Check: UInt32, Hashable, Sendable, CaseIterable {
        /// None: it is purgatory itself.
        case unchecked = 0
        /// The digest covers its loaded bytes.
        case digest = 1
        /// The running kernel may rewrite it: its header is checked.
        case elfcorehdr = 2
        case flattenedDeviceTree = 3
    }

    /// A segment of the image.
    public struct Segment: Hashable, Sendable {
        /// What it is for.
        public var role: Role
        /// How purgatory checks it.
        public var check: Check
        /// Whole pages.
        public var memory: PhysicalRange
        /// The bytes that were loaded there, without the zeroed rest.
        public var loadedSize: ByteCount
        /// Of the loaded bytes (CSegmentChecksum.h); of purgatory itself, with zeroes in place of the record.
        public var checksum: UInt64

        /// Made by the planner, or out of memory.
        public init(role: Role, check: Check, memory: PhysicalRange, loadedSize: ByteCount, checksum: UInt64) {
            self.role = role
            self.check = check
            self.memory = memory
            self.loadedSize = loadedSize
            self.checksum = checksum
        }
    }

    /// Whether the running kernel was asked to rewrite what it may when memory or CPUs come and go.
    public var isHotplug: Bool
    /// Where the old kernel enters the image.
    public var entry: PhysicalAddress
    /// False: the kernel is started without a look at digest and shapes.
    public var isChecked: Bool
    /// What a failed check leads to.
    public var onMismatch: PurgatoryImage.MismatchAction
    /// SHA-256 over the segments that it covers; zeroes where nothing is checked.
    public var digest: InlineArray<32, UInt8>
    /// In address order.
    public var segments: [Segment]

    /// Made by the planner, or out of memory.
    public init(
        isHotplug: Bool, entry: PhysicalAddress, isChecked: Bool, onMismatch: PurgatoryImage.MismatchAction,
        digest: InlineArray<32, UInt8>, segments: [Segment]
    ) {
        self.isHotplug = isHotplug
        self.entry = entry
        self.isChecked = isChecked
        self.onMismatch = onMismatch
        self.digest = digest
        self.segments = segments
    }

    /// The digest's bytes.
    public var digestBytes: [UInt8] { digest.indices.map { digest[$0] } }

    /// The digest is compared byte by byte.
    public static func == (one: Self, other: Self) -> Bool {
        one.isHotplug == other.isHotplug && one.entry == other.entry && one.isChecked == other.isChecked
            && one.onMismatch == other.onMismatch && one.digestBytes == other.digestBytes && one.segments == other.segments
    }

    /// Of what differs between two images.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(digestBytes)
        hasher.combine(segments)
    }
}

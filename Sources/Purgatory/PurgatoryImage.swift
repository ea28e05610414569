import BinaryLayout
import ELF
import PhysicalMemory

/// The program that runs between two kernels: linked at build time into one position-independent
/// image, placed by copying, controlled by the values of its parameters.
///
/// There is one for each machine, `PurgatoryImage.x86_64` and so on, which the build writes (PurgatoryBuilder), and beside it an enum of
/// its parameters, `PurgatoryX86_64`.
public struct PurgatoryImage: Sendable {
    /// The machine that it was built for.
    public let machine: Machine
    /// The bytes to load, from the image's start.
    public private(set) var bytes: [UInt8]
    /// What it occupies, its stack and other zeroed memory included, in whole pages of 4 KiB.
    public let memorySize: ByteCount
    /// Where it is entered, from its start.
    public let entry: ByteCount

    private let checks: ChecksParameters

    /// The image as it was linked. purgatory-embed has made sure that the entry and every parameter lie in its bytes.
    /// - Parameters:
    ///   - memorySize: p_memsz
    ///   - digits: its bytes, as purgatory-embed writes them into a source file
    init(machine: Machine, entry: UInt64, memorySize: UInt64, checks: ChecksParameters, digits: String) {
        self.machine = machine
        self.entry = ByteCount(entry)
        self.memorySize = ByteCount(memorySize).alignedUp(to: .page) ?? .zero
        self.checks = checks
        bytes = [UInt8](embedded: digits)
    }

    /// Sets a parameter, in the machine's byte order.
    public mutating func set<Value: FixedWidthInteger & UnsignedInteger>(_ parameter: PurgatoryParameter<Value>, to value: Value) {
        var bytes: [UInt8] = []
        bytes.append(value, order: machine.byteOrder)
        write(bytes, at: parameter.offset)
    }

    /// Sets a parameter that is a run of bytes.
    public mutating func set<let count: Int>(
        _ parameter: PurgatoryParameter<InlineArray<count, UInt8>>, to value: InlineArray<count, UInt8>
    ) {
        write(value.indices.map { value[$0] }, at: parameter.offset)
    }

    private mutating func write(_ value: [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<offset + value.count, with: value)
    }
}

// MARK: - The parameters that every machine has

extension PurgatoryImage {
    /// Regions and shapes that purgatory has room for: the kernel's own limit on segments.
    public static let maximumRegions = 16

    /// A region of memory that the digest covers.
    public struct Region: Hashable, Sendable {
        /// Physical address.
        public let start: PhysicalAddress
        /// The bytes that were loaded there, without the zeroed rest of the segment.
        public let loadedSize: ByteCount

        /// A part of a segment that the digest includes.
        public init(start: PhysicalAddress, loadedSize: ByteCount) {
            self.start = start
            self.loadedSize = loadedSize
        }
    }

    /// A segment that the digest does not cover and that is checked for its shape instead.
    public struct Shape: Hashable, Sendable {
        /// enum purgatory_shape_kind
        public enum Kind: UInt32, Sendable {
            case elfcorehdr = 1
            case flattenedDeviceTree = 2
        }
        /// Which header is checked.
        public let kind: Kind
        /// All memory of the segment.
        public let range: PhysicalRange

        /// A segment that the digest leaves out.
        public init(kind: Kind, range: PhysicalRange) {
            self.kind = kind
            self.range = range
        }
    }

    /// What purgatory does when a check fails and it has said so (enum purgatory_on_mismatch).
    public enum MismatchAction: UInt32, Sendable {
        case halt = 0
        case reset = 1
    }

    /// Has purgatory check what was loaded.
    /// - Parameters:
    ///   - digest: the SHA-256 of the regions, in their order
    ///   - regions: what the digest covers
    ///   - shapes: what is checked for its shape instead; an elfcorehdr must be of purgatory's own machine
    public mutating func setChecks(
        digest: InlineArray<32, UInt8>, regions: [Region], shapes: [Shape], onMismatch: MismatchAction
    ) throws(PurgatoryError) {
        guard regions.count <= Self.maximumRegions, shapes.count <= Self.maximumRegions else {
            throw .tooManyRegions(max(regions.count, shapes.count))
        }
        let order = machine.byteOrder
        set(checks.digest, to: digest)
        var table: [UInt8] = []
        for region in regions {
            table.append(region.start.rawValue, order: order)
            table.append(region.loadedSize.rawValue, order: order)
        }
        set(checks.regions, to: table)
        table = []
        for shape in shapes {
            table.append(shape.range.start.rawValue, order: order)
            table.append(shape.range.size.rawValue, order: order)
            table.append(shape.kind.rawValue, order: order)
            table.append(UInt32(machine.elfMachine), order: order)
        }
        set(checks.shapes, to: table)
        set(checks.onMismatch, to: onMismatch.rawValue)
        set(checks.checkEnabled, to: 1)
    }

    /// Sets a table; what is not filled of it are unused entries, which are zero.
    private mutating func set<let count: Int>(_ table: PurgatoryParameter<InlineArray<count, UInt8>>, to entries: [UInt8]) {
        var value = InlineArray<count, UInt8>(repeating: 0)
        for (index, byte) in zip(value.indices, entries) { value[index] = byte }
        set(table, to: value)
    }
}

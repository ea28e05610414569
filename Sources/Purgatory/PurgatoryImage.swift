import BinaryLayout
import ELF
import PhysicalMemory

/// The program that runs between two kernels: linked at build time into one position-independent
/// image, placed by copying, told what to do through named parameters.
public struct PurgatoryImage: Sendable {
    /// The bytes to load, from the image's start.
    public private(set) var bytes: [UInt8]
    /// What it occupies, its stack and other zeroed memory included, in whole pages.
    public let memorySize: ByteCount
    /// Where it is entered, from its start.
    public let entry: ByteCount

    private let parameters: [String: Symbol]

    /// - Parameter hexadecimal: the linked ELF file, as the build plugin embeds it
    init(hexadecimal text: String) throws(PurgatoryError) {
        guard let elf = Self.decode(text) else { throw .notHexadecimal }
        do throws(ELFError) {
            let header = try ELFHeader(elf.span)
            let loads = try ProgramHeader.table(of: header, in: elf.span).filter { $0.type == SegmentType.load }
            let symbols = try Symbol.table(of: header, in: elf.span)
            parameters = Dictionary(symbols.filter { $0.name.hasPrefix("purgatory_") }.map { ($0.name, $0) }) { first, _ in first }
            entry = ByteCount(header.entry)
            (bytes, memorySize) = try Self.flatten(loads, elf)
        } catch {
            throw .elf(error)
        }
        guard entry.rawValue < UInt64(bytes.count) else { throw .unexpected("its entry lies outside its bytes") }
    }

    /// The load segments at their places, from address 0.
    private static func flatten(_ loads: [ProgramHeader], _ elf: [UInt8]) throws(ELFError) -> ([UInt8], ByteCount) {
        var image: [UInt8] = []
        var end: UInt64 = 0
        for load in loads {
            guard let offset = Int(exactly: load.offset.rawValue), let length = Int(exactly: load.fileSize.rawValue),
                let start = Int(exactly: load.virtualAddress), start <= 1 << 20, length <= 1 << 20,
                load.memorySize.rawValue <= 1 << 20, offset <= elf.count, elf.count - offset >= length
            else { throw .field("p_vaddr", load.virtualAddress, allowed: "the load segment must lie within the image's first MiB") }
            if image.count < start + length { image += [UInt8](repeating: 0, count: start + length - image.count) }
            image.replaceSubrange(start..<start + length, with: elf[offset..<offset + length])
            end = max(end, load.virtualAddress + load.memorySize.rawValue)
        }
        return (image, ByteCount(end).alignedUp(to: .page) ?? .zero)
    }

    private static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case 0x30...0x39: digit = character - 0x30
            case 0x61...0x66: digit = character - 0x61 + 10
            case 0x0a: continue
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? bytes : nil
    }

    /// Sets a parameter; the value must be exactly as long as the parameter.
    public mutating func set(_ name: String, to value: [UInt8]) throws(PurgatoryError) {
        guard let symbol = parameters[name] else { throw .elf(.noSymbol(name)) }
        guard Int(symbol.size) == value.count else {
            throw .parameterSize(name, has: Int(clamping: symbol.size), value: value.count)
        }
        do {
            try bytes.write(value, at: Int(clamping: symbol.value), what: name)
        } catch {
            throw .elf(.truncated(error))
        }
    }

    public mutating func set(_ name: String, to value: UInt32, order: ByteOrder = .littleEndian) throws(PurgatoryError) {
        var bytes: [UInt8] = []
        bytes.append(value, order: order)
        try set(name, to: bytes)
    }

    public mutating func set(_ name: String, to value: UInt64, order: ByteOrder = .littleEndian) throws(PurgatoryError) {
        var bytes: [UInt8] = []
        bytes.append(value, order: order)
        try set(name, to: bytes)
    }
}

// MARK: - The parameters that every architecture has

extension PurgatoryImage {
    /// Regions and shapes that purgatory has room for: the kernel's own limit on segments.
    public static let maximumRegions = 16

    /// A region of memory that the digest covers.
    public struct Region: Hashable, Sendable {
        public let start: PhysicalAddress
        /// The bytes that were loaded there, without the zeroed rest of the segment.
        public let loadedSize: ByteCount

        public init(start: PhysicalAddress, loadedSize: ByteCount) {
            self.start = start
            self.loadedSize = loadedSize
        }
    }

    /// A segment that the digest does not cover and that is checked for its shape instead.
    public struct Shape: Hashable, Sendable {
        public enum Kind: UInt32, Sendable {
            case elfcorehdr = 1
            case flattenedDeviceTree = 2
        }
        public let kind: Kind
        public let range: PhysicalRange

        public init(kind: Kind, range: PhysicalRange) {
            self.kind = kind
            self.range = range
        }
    }

    /// What purgatory does when a check fails and it has said so.
    public enum MismatchAction: UInt32, Sendable {
        case halt = 0
        case reset = 1
    }

    /// Tells purgatory what to check.
    /// - Parameters:
    ///   - digest: the SHA-256 of the regions, in their order
    ///   - machine: e_machine that an elfcorehdr must have
    public mutating func setChecks(
        digest: [UInt8], regions: [Region], shapes: [Shape], machine: UInt16, onMismatch: MismatchAction, order: ByteOrder
    ) throws(PurgatoryError) {
        guard regions.count <= Self.maximumRegions, shapes.count <= Self.maximumRegions else {
            throw .unexpected("\(max(regions.count, shapes.count)) regions exceed \(Self.maximumRegions)")
        }
        try set("purgatory_digest", to: digest)
        var table: [UInt8] = []
        for region in regions {
            table.append(region.start.rawValue, order: order)
            table.append(region.loadedSize.rawValue, order: order)
        }
        try set("purgatory_regions", to: table + [UInt8](repeating: 0, count: (Self.maximumRegions - regions.count) * 16))
        table = []
        for shape in shapes {
            table.append(shape.range.start.rawValue, order: order)
            table.append(shape.range.size.rawValue, order: order)
            table.append(shape.kind.rawValue, order: order)
            table.append(UInt32(machine), order: order)
        }
        try set("purgatory_shapes", to: table + [UInt8](repeating: 0, count: (Self.maximumRegions - shapes.count) * 24))
        try set("purgatory_on_mismatch", to: onMismatch.rawValue, order: order)
        try set("purgatory_check_enabled", to: 1 as UInt32, order: order)
    }
}

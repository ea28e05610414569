/// A Multiboot or Multiboot2 image made of what a test names. The numbers are those of the two
/// specifications and of <elf.h>, written down here a second time on purpose.
public struct SyntheticMultiboot: Sendable {
    public enum Container: Sendable {
        case elf32, elf64
        /// Nothing but the header and bytes.
        case flat
    }

    /// A PT_LOAD.
    public struct Piece: Sendable {
        public var physical: UInt64
        public var virtual: UInt64
        public var bytes: [UInt8]
        public var memorySize: UInt64

        public init(_ physical: UInt64, virtual: UInt64? = nil, _ bytes: [UInt8], memorySize: UInt64? = nil) {
            self.physical = physical
            self.virtual = virtual ?? physical
            self.bytes = bytes
            self.memorySize = memorySize ?? UInt64(bytes.count)
        }
    }

    /// 1 or 2.
    public var version: Int
    public var container = Container.elf32
    public var machine: UInt64 = 3
    public var entry: UInt64 = 0x10_0000
    public var pieces: [Piece]
    /// Where the multiboot header stands in the file.
    public var headerAt = 0x200
    /// Added to the right checksum.
    public var checksumError: UInt32 = 0
    /// Version 1.
    public var flags: UInt32 = 3
    /// Version 1: header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr.
    public var addresses: [UInt32] = []
    /// Version 2.
    public var architecture: UInt32 = 0
    /// Version 2: all but the one that ends them.
    public var tags: [[UInt8]] = []
    public var hasEndTag = true

    public init(version: Int, pieces: [Piece] = [Piece(0x10_0000, Array("kernel".utf8), memorySize: 0x3000)]) {
        self.version = version
        self.pieces = pieces
    }

    /// A tag of the Multiboot2 header.
    public static func tag(_ type: UInt16, optional: Bool = false, _ words: [UInt32], size: UInt32? = nil) -> [UInt8] {
        var bytes = integers([UInt64(type), optional ? 1 : 0], width: 2)
        bytes += integers([UInt64(size ?? UInt32(8 + 4 * words.count))], width: 4)
        return bytes + integers(words.map { UInt64($0) }, width: 4)
    }

    private static func integers(_ values: [UInt64], width: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: values.count * width)
        for (index, value) in values.enumerated() { bytes.putLittleEndian(value, at: index * width, width: width) }
        return bytes
    }

    public var header: [UInt8] {
        if version == 1 {
            let magic: UInt32 = 0x1bad_b002
            let checksum = 0 &- magic &- flags &+ checksumError
            return Self.integers(([magic, flags, checksum] + addresses).map { UInt64($0) }, width: 4)
        }
        var body: [UInt8] = []
        for tag in tags + (hasEndTag ? [Self.tag(0, [])] : []) {
            body += tag
            while body.count % 8 != 0 { body.append(0) }
        }
        let magic: UInt32 = 0xe852_50d6
        let length = UInt32(16 + body.count)
        let checksum = 0 &- magic &- architecture &- length &+ checksumError
        return Self.integers([magic, architecture, length, checksum].map { UInt64($0) }, width: 4) + body
    }

    public var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: headerAt) + header
        guard container != .flat else { return bytes + pieces.flatMap(\.bytes) }
        let is64 = container == .elf64
        let (headerSize, programHeaderSize) = is64 ? (64, 56) : (52, 32)
        bytes.replaceSubrange(0..<7, with: [0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, 1, 1])
        let word = is64 ? 8 : 4
        for (offset, width, value) in [
            (16, 2, 2), (18, 2, machine), (20, 4, 1), (24, word, entry), (24 + word, word, UInt64(headerSize)),
            (28 + 3 * word, 2, UInt64(headerSize)), (30 + 3 * word, 2, UInt64(programHeaderSize)),
            (32 + 3 * word, 2, UInt64(pieces.count)),
        ] as [(Int, Int, UInt64)] { bytes.putLittleEndian(value, at: offset, width: width) }
        for (index, piece) in pieces.enumerated() {
            let base = headerSize + index * programHeaderSize
            let size = UInt64(piece.bytes.count)
            let fields: [UInt64] = [UInt64(bytes.count), piece.virtual, piece.physical, size, piece.memorySize]
            bytes.putLittleEndian(1, at: base, width: 4)
            for (i, value) in fields.enumerated() { bytes.putLittleEndian(value, at: base + (is64 ? 8 : 4) + i * word, width: word) }
            bytes += piece.bytes
        }
        return bytes
    }
}

import TestSupport

/// A flattened tree put together piece by piece, as the specification draws it; right or wrong.
struct SyntheticBlob {
    enum Piece {
        case begin(String)
        case end
        case property(String, [UInt8])
        case nop
        case finish
        /// Any other 32 bits.
        case word(UInt32)
        case bytes([UInt8])
    }

    var version: UInt32 = 17
    var lastCompatible: UInt32 = 16
    var bootCPU: UInt32 = 0
    /// Without the entry of zeros that ends them.
    var reservations: [(address: UInt64, size: UInt64)] = []
    var endsReservations = true
    var pieces: [Piece]
    /// In front of the names that the pieces have.
    var strings: [UInt8] = []
    var bytesBehind: [UInt8] = []
    /// Values that the header shows instead of the right ones, by offset.
    var lies: [Int: UInt32] = [:]

    init(_ pieces: [Piece]) { self.pieces = pieces }

    static let headerSize = 40
    var structureOffset: Int { Self.headerSize + (reservations.count + (endsReservations ? 1 : 0)) * 16 }

    var bytes: [UInt8] {
        var strings = self.strings
        var structure: [UInt8] = []
        func pad() { while structure.count % 4 != 0 { structure.append(0) } }
        for piece in pieces {
            switch piece {
            case .begin(let name):
                structure += word(1) + Array(name.utf8) + [0]
            case .end: structure += word(2)
            case .property(let name, let value):
                structure += word(3) + word(UInt32(value.count)) + word(UInt32(strings.count)) + value
                strings += Array(name.utf8) + [0]
            case .nop: structure += word(4)
            case .finish: structure += word(9)
            case .word(let value): structure += word(value)
            case .bytes(let bytes): structure += bytes
            }
            pad()
        }
        var reserved: [UInt8] = []
        for entry in reservations + (endsReservations ? [(0, 0)] : []) {
            reserved += word(UInt32(entry.address >> 32)) + word(UInt32(entry.address & 0xffff_ffff))
            reserved += word(UInt32(entry.size >> 32)) + word(UInt32(entry.size & 0xffff_ffff))
        }
        let stringsOffset = structureOffset + structure.count
        let fields = [
            0xd00d_feed, UInt32(stringsOffset + strings.count), UInt32(structureOffset), UInt32(stringsOffset), UInt32(Self.headerSize),
            version, lastCompatible, bootCPU, UInt32(strings.count), UInt32(structure.count),
        ]
        let header = fields.enumerated().flatMap { word(lies[4 * $0.offset] ?? $0.element) }
        return header + reserved + structure + strings + bytesBehind
    }

    /// Where in the blob the piece of that number begins.
    func offset(of piece: Int) -> Int {
        var shorter = self
        shorter.pieces = Array(pieces[..<piece])
        shorter.strings = []
        shorter.bytesBehind = []
        let names = shorter.pieces.reduce(0) { if case .property(let name, _) = $1 { $0 + name.utf8.count + 1 } else { $0 } }
        return shorter.bytes.count - names
    }

    /// A tree with a bit of everything.
    static let sample = {
        var blob = SyntheticBlob([
            .begin(""), .property("#address-cells", word(2)), .property("#size-cells", word(1)), .property("model", Array("test\0".utf8)),
            .nop,
            .begin("chosen"), .property("bootargs", Array("quiet\0".utf8)), .property("empty", []), .end,
            .begin("memory@80000000"), .nop, .property("device_type", Array("memory\0".utf8)),
            .property("reg", word(0) + word(0x8000_0000) + word(0x4000_0000)), .end,
            .begin("soc"), .begin("bus@1"), .begin("serial@2f8"), .end, .end, .end, .nop, .end, .finish,
        ])
        blob.bootCPU = 3
        blob.reservations = [(0x8000_0000, 0x1_0000), (0x8000_8000, 0x1_0000)]
        return blob
    }()
}

/// Big-endian.
func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xff) } }

/// boot_params and what it points to, read by the offsets of <asm/bootparam.h>.

/// What cannot be read: the headers lack a field, or the bytes are none of the structure.
public struct Malformed: Error {
    public let what: String
}

private func field(_ structure: String, _ name: String) throws -> CField {
    guard let field = CHeaders.field(structure, name) else { throw Malformed(what: "\(structure).\(name)") }
    return field
}

private func size(_ structure: String) throws -> Int {
    guard let size = CHeaders.size(structure) else { throw Malformed(what: structure) }
    return size
}

/// An entry of the PC's memory map.
public struct MapEntry: Hashable, Sendable, CustomStringConvertible {
    public var start: UInt64
    /// Belongs to it.
    public var last: UInt64
    public var type: UInt64

    public init(start: UInt64, last: UInt64, type: UInt64) {
        self.start = start
        self.last = last
        self.type = type
    }

    public var isRAM: Bool { type == 1 }
    public var description: String { String(start, radix: 16) + "-" + String(last, radix: 16) + " type \(type)" }

    /// A table of struct boot_e820_entry.
    public static func table(_ bytes: ArraySlice<UInt8>) throws -> [MapEntry] {
        let size = try size("boot_e820_entry")
        guard bytes.count % size == 0 else { throw Malformed(what: "\(bytes.count) bytes of memory map") }
        let bytes = Array(bytes)
        return try (0..<bytes.count / size).map { index in
            func value(_ name: String) throws -> UInt64 { bytes.littleEndian(try field("boot_e820_entry", name), in: index * size) }
            let start = try value("addr")
            return MapEntry(start: start, last: start + (try value("size")) - 1, type: try value("type"))
        }
    }

    /// Where boot_params itself holds the map.
    public static func place(inBootParams bytes: [UInt8]) throws -> Range<Int> {
        let count = Int(bytes.littleEndian(try field("boot_params", "e820_entries")))
        let start = try field("boot_params", "e820_table").offset
        return start..<start + count * (try size("boot_e820_entry"))
    }

    /// What boot_params itself holds of the map.
    public static func table(ofBootParams bytes: [UInt8]) throws -> [MapEntry] {
        try table(bytes[place(inBootParams: bytes)])
    }
}

/// A member of the list that boot_params' setup_data points to.
public struct SetupDataNode: Sendable {
    public let type: UInt64
    /// Where its data lie.
    public let address: UInt64
    public let data: [UInt8]

    /// Walks the list as the kernel does, through memory that holds one segment.
    public static func list(first: UInt64, segment: [UInt8], at start: UInt64) throws -> [SetupDataNode] {
        let next = try field("setup_data", "next")
        let type = try field("setup_data", "type")
        let len = try field("setup_data", "len")
        let headerSize = try size("setup_data")
        var nodes: [SetupDataNode] = []
        var address = first
        while address != 0 {
            guard address >= start, let base = Int(exactly: address - start), base + headerSize <= segment.count else {
                throw Malformed(what: "a member beyond the segment")
            }
            let length = Int(segment.littleEndian(len, in: base))
            guard base + headerSize + length <= segment.count else { throw Malformed(what: "data beyond the segment") }
            nodes.append(
                SetupDataNode(
                    type: segment.littleEndian(type, in: base), address: address + UInt64(headerSize),
                    data: Array(segment[base + headerSize..<base + headerSize + length])))
            guard nodes.count < 100 else { throw Malformed(what: "the list never ends") }
            address = segment.littleEndian(next, in: base)
        }
        return nodes
    }
}

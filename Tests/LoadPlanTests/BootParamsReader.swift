import TestSupport
import Testing

/// An entry of the PC's memory map.
struct MapEntry: Hashable, CustomStringConvertible {
    var start: UInt64
    /// Belongs to it.
    var last: UInt64
    var type: UInt64

    var isRAM: Bool { type == 1 }
    var description: String { String(start, radix: 16) + "-" + String(last, radix: 16) + " type \(type)" }

    /// A table of struct boot_e820_entry.
    static func table(_ bytes: ArraySlice<UInt8>) throws -> [MapEntry] {
        let size = try #require(CHeaders.size("boot_e820_entry"))
        #expect(bytes.count % size == 0)
        let bytes = Array(bytes)
        return try (0..<bytes.count / size).map { index in
            func field(_ name: String) throws -> UInt64 {
                bytes.littleEndian(try #require(CHeaders.field("boot_e820_entry", name)), in: index * size)
            }
            let start = try field("addr")
            return MapEntry(start: start, last: start + (try field("size")) - 1, type: try field("type"))
        }
    }

    /// What boot_params itself holds of the map.
    static func table(ofBootParams bytes: [UInt8]) throws -> [MapEntry] {
        let count = Int(bytes.littleEndian(try #require(CHeaders.field("boot_params", "e820_entries"))))
        let start = try #require(CHeaders.field("boot_params", "e820_table")).offset
        let size = try #require(CHeaders.size("boot_e820_entry"))
        return try table(bytes[start..<start + count * size])
    }
}

/// A member of the list that boot_params' setup_data points to.
struct SetupDataNode {
    let type: UInt64
    /// Where its data lie.
    let address: UInt64
    let data: [UInt8]

    /// Walks the list as the kernel does, through memory that holds one segment.
    static func list(first: UInt64, segment: [UInt8], at start: UInt64) throws -> [SetupDataNode] {
        let next = try #require(CHeaders.field("setup_data", "next"))
        let type = try #require(CHeaders.field("setup_data", "type"))
        let len = try #require(CHeaders.field("setup_data", "len"))
        let headerSize = try #require(CHeaders.size("setup_data"))
        var nodes: [SetupDataNode] = []
        var address = first
        while address != 0 {
            let base = try #require(address >= start ? Int(exactly: address - start) : nil)
            try #require(base + headerSize <= segment.count, "a member beyond the segment")
            let length = Int(segment.littleEndian(len, in: base))
            try #require(base + headerSize + length <= segment.count, "data beyond the segment")
            nodes.append(SetupDataNode(
                type: segment.littleEndian(type, in: base), address: address + UInt64(headerSize),
                data: Array(segment[base + headerSize..<base + headerSize + length])))
            try #require(nodes.count < 100, "the list never ends")
            address = segment.littleEndian(next, in: base)
        }
        return nodes
    }
}

/// A flattened device tree, by the Devicetree Specification, chapter 5: as much of it as the rules ask for.
struct TreeReader {
    struct Node {
        var name: String
        var properties: [String: [UInt8]] = [:]
        var children: [Node] = []
        /// The bytes that it takes in the structure block.
        var size = 0

        func child(_ name: String) -> Node? { children.first { $0.name == name } }

        /// A property of one cell; that of `#address-cells` and its kind.
        func cell(_ name: String) -> Int? { properties[name].flatMap { $0.big(0, 4) }.map { Int(clamping: $0) } }

        /// A number of one or two cells.
        func number(_ name: String) -> UInt64? {
            guard let value = properties[name], value.count == 4 || value.count == 8 else { return nil }
            return value.big(0, value.count)
        }
    }

    let root: Node
    let reservations: [Extent]
    let totalSize: Int
    /// What its blocks take of that, which Linux writes in that order and appends to.
    let usedSize: Int

    /// Nil where it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.big(0, 4) == 0xd00d_feed, let total = bytes.big(4, 4), let structure = bytes.big(8, 4), let strings = bytes.big(12, 4),
            let reservations = bytes.big(16, 4), let stringsSize = bytes.big(32, 4), let structureSize = bytes.big(36, 4),
            total <= bytes.count
        else { return nil }
        totalSize = Int(total)
        usedSize = max(Int(structure + structureSize), Int(strings + stringsSize))
        var entry = Int(reservations)
        var reserved: [Extent] = []
        while let start = bytes.big(entry, 8), let size = bytes.big(entry + 8, 8), start != 0 || size != 0 {
            reserved.append(Extent(start, start &+ size))
            entry += 16
        }
        self.reservations = reserved
        var parser = Parser(bytes: bytes, at: Int(structure), strings: Int(strings))
        guard let root = parser.node() else { return nil }
        self.root = root
    }

    private struct Parser {
        let bytes: [UInt8]
        var at: Int
        let strings: Int

        mutating func token() -> UInt64? {
            defer { at += 4 }
            return bytes.big(at, 4)
        }

        func text(_ start: Int) -> String? {
            guard start >= 0, start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else { return nil }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }

        /// FDT_BEGIN_NODE 1, FDT_END_NODE 2, FDT_PROP 3, FDT_NOP 4.
        mutating func node() -> Node? {
            let start = at
            guard token() == 1, let name = text(at) else { return nil }
            at += (name.utf8.count + 4) / 4 * 4
            var node = Node(name: name)
            while let next = token() {
                switch next {
                case 1:
                    at -= 4
                    guard let child = self.node() else { return nil }
                    node.children.append(child)
                case 2:
                    node.size = at - start
                    return node
                case 3:
                    guard let length = bytes.big(at, 4).map({ Int($0) }), let place = bytes.big(at + 4, 4),
                        let name = text(strings + Int(place)), at + 8 + length <= bytes.count
                    else { return nil }
                    node.properties[name] = Array(bytes[at + 8..<at + 8 + length])
                    at += 8 + (length + 3) / 4 * 4
                case 4: break
                default: return nil
                }
            }
            return nil
        }
    }
}

extension TreeReader.Node {
    /// Addresses and sizes of a property, with so many cells each. Sizes of 0 are no memory.
    func extents(_ name: String, address: Int, size: Int) -> [Extent]? {
        guard let value = properties[name] else { return nil }
        let width = (address + size) * 4
        guard width > 0, value.count % width == 0, 1...2 ~= address, 1...2 ~= size else { return nil }
        return stride(from: 0, to: value.count, by: width).compactMap { at in
            guard let start = value.big(at, address * 4), let length = value.big(at + address * 4, size * 4), length > 0 else { return nil }
            return Extent(start, start &+ length)
        }
    }
}

import PhysicalMemory

extension DeviceTree {
    /// How many cells, numbers of 32 bits, the addresses and the sizes in the `reg` of a node's
    /// children have (Devicetree Specification, section 2.3.5). Where a node has neither property,
    /// they have two and one; Linux would take one and one for such a root, but real roots have them.
    public struct CellCounts: Hashable, Sendable {
        /// #address-cells
        public let address: UInt32
        /// #size-cells
        public let size: UInt32
        /// The node that has them, for messages.
        public let path: String

        init(_ node: LocatedNode) throws(DeviceTreeError) {
            address = try node.u32(Self.addressName) ?? 2
            size = try node.u32(Self.sizeName) ?? 1
            path = node.path
        }

        private static let addressName = "#address-cells"
        private static let sizeName = "#size-cells"

        /// Bytes of an address; none but those of one or two cells are read.
        func addressWidth() throws(DeviceTreeError) -> Int { try width(address, Self.addressName) }
        /// Bytes of a size, in the same way.
        func sizeWidth() throws(DeviceTreeError) -> Int { try width(size, Self.sizeName) }

        private func width(_ cells: UInt32, _ name: String) throws(DeviceTreeError) -> Int {
            guard 1...2 ~= cells else { throw .cells(path, name, cells, allowed: "1 or 2") }
            return 4 * Int(cells)
        }

        /// Of the children that have addresses alone, as CPUs do.
        func requireNoSize() throws(DeviceTreeError) {
            guard size == 0 else { throw .cells(path, Self.sizeName, size, allowed: "0") }
        }

        /// A range at 0 of 0 bytes, which kernels take for no range at all.
        public func bytesOfNothing() throws(DeviceTreeError) -> [UInt8] {
            [UInt8](repeating: 0, count: try addressWidth() + sizeWidth())
        }

        /// A number that is as wide as a size: the counts in linux,drconf-usable-memory.
        public func bytes(count: Int) throws(DeviceTreeError) -> [UInt8] {
            Array(bigEndian(UInt64(count)).suffix(try sizeWidth()))
        }

        /// The ranges as the value of a `reg` or of a property like it: start and size of each.
        /// - Throws: `.cells` where a number needs two cells and has one
        public func bytes(_ ranges: [PhysicalRange]) throws(DeviceTreeError) -> [UInt8] {
            let addressWidth = try addressWidth()
            let sizeWidth = try sizeWidth()
            var bytes: [UInt8] = []
            for range in ranges {
                guard addressWidth == 8 || range.start.rawValue <= UInt32.max else {
                    throw .cells(path, Self.addressName, address, allowed: "2 for the address \(range.start)")
                }
                guard sizeWidth == 8 || range.size.rawValue <= UInt32.max else {
                    throw .cells(path, Self.sizeName, size, allowed: "2 for the size \(range.size.rawValue.hex)")
                }
                bytes += bigEndian(range.start.rawValue).suffix(addressWidth)
                bytes += bigEndian(range.size.rawValue).suffix(sizeWidth)
            }
            return bytes
        }
    }
}

extension DeviceTree.LocatedNode {
    /// The cells of this node's children.
    public func cells() throws(DeviceTreeError) -> DeviceTree.CellCounts { try DeviceTree.CellCounts(self) }

    /// The cells of this node's own `reg`, which its parent has; for the root, the default.
    func parentCells() throws(DeviceTreeError) -> DeviceTree.CellCounts {
        let parent = parent ?? Parent(path: path, node: DeviceTree.Node(""))
        return try DeviceTree.CellCounts(DeviceTree.LocatedNode(parent.node, path: parent.path))
    }

    /// The ranges of `reg`, or of a property like it, by the parent's cells. Those of size 0 are left
    /// out: firmware describes empty slots by them.
    public func ranges(_ property: String = "reg") throws(DeviceTreeError) -> [PhysicalRange]? {
        guard node[property] != nil else { return nil }
        return try ranges(property, cells: parentCells())
    }

    /// The same by the cells of another node: those in /chosen are by the root's.
    public func ranges(_ property: String, cells: DeviceTree.CellCounts) throws(DeviceTreeError) -> [PhysicalRange]? {
        guard let value = node[property] else { return nil }
        let addressWidth = try cells.addressWidth()
        let width = addressWidth + (try cells.sizeWidth())
        guard value.count % width == 0 else {
            throw .value(path, property, found: "\(value.count) bytes", allowed: "ranges of \(width) bytes each")
        }
        var ranges: [PhysicalRange] = []
        for start in stride(from: 0, to: value.count, by: width) {
            let address = bigEndian(value[start..<start + addressWidth])
            let size = bigEndian(value[start + addressWidth..<start + width])
            if size == 0 { continue }
            guard let range = PhysicalRange(start: PhysicalAddress(address), size: ByteCount(size)) else {
                throw .value(path, property, found: "\(size.hex) bytes at \(address.hex)", allowed: "a range that ends below 2^64")
            }
            ranges.append(range)
        }
        return ranges
    }

    /// The addresses of a `reg` without sizes, as a CPU has it: its hardware ids.
    public func addresses(_ property: String = "reg") throws(DeviceTreeError) -> [UInt64]? {
        guard let value = node[property] else { return nil }
        let cells = try parentCells()
        try cells.requireNoSize()
        let width = try cells.addressWidth()
        guard value.count % width == 0 else {
            throw .value(path, property, found: "\(value.count) bytes", allowed: "addresses of \(width) bytes each")
        }
        return stride(from: 0, to: value.count, by: width).map { bigEndian(value[$0..<$0 + width]) }
    }
}

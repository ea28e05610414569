import PhysicalMemory

/// Addresses as CPUs see them (Devicetree Specification, section 2.3.8: `ranges`).
extension DeviceTree {
    /// The first range of a device's `reg`, taken through the `ranges` of every bus above it; nil where one of them maps it
    /// nowhere, where there is no `reg`, or where addresses are more than numbers (PCI, ISA).
    /// - Parameter path: of the device, of full names
    public func physicalRange(ofDevice path: String) -> PhysicalRange? {
        var nodes = [root]
        for name in Self.names(in: path) {
            guard let child = nodes.last?.child(name) else { return nil }
            nodes.append(child)
        }
        guard let device = nodes.popLast(), let reg = device["reg"], let bus = nodes.last.flatMap({ Bus($0) }) else { return nil }
        let width = bus.addressWidth + bus.sizeWidth
        guard reg.count >= width, reg.count % width == 0 else { return nil }
        var address = bigEndian(reg[..<bus.addressWidth])
        let size = bigEndian(reg[bus.addressWidth..<width])
        while nodes.count > 1 {
            guard let bus = nodes.popLast(), let above = nodes.last.flatMap({ Bus($0) }), let mapped = Bus(bus)?.map(address, size, above)
            else { return nil }
            address = mapped
        }
        return PhysicalRange(start: PhysicalAddress(address), size: ByteCount(size))
    }

    /// A node whose children have addresses of its own.
    private struct Bus {
        /// In bytes.
        let addressWidth: Int
        let sizeWidth: Int
        private let ranges: [UInt8]?

        /// Nil where the addresses are not plain numbers.
        init?(_ node: Node) {
            let cells = try? CellCounts(LocatedNode(node))
            guard let cells, let addressWidth = try? cells.addressWidth(), let sizeWidth = try? cells.sizeWidth(),
                !Self.hasOtherAddresses(node)
            else { return nil }
            self.addressWidth = addressWidth
            self.sizeWidth = sizeWidth
            ranges = node["ranges"]
        }

        /// Buses whose addresses have flags in their first cell (drivers/of/address.c).
        private static func hasOtherAddresses(_ node: Node) -> Bool {
            node.baseName == "isa" || ["pci", "pciex"].contains { node["device_type"] == Array("\($0)\0".utf8) }
        }

        /// Where an address of this bus is on the one above; nil for nowhere, as where there is no `ranges` at all. One that is empty
        /// means the same addresses.
        func map(_ address: UInt64, _ size: UInt64, _ above: Bus) -> UInt64? {
            guard let ranges else { return nil }
            if ranges.isEmpty { return address }
            let width = addressWidth + above.addressWidth + sizeWidth
            guard ranges.count % width == 0 else { return nil }
            for start in stride(from: 0, to: ranges.count, by: width) {
                let parent = start + addressWidth
                let length = parent + above.addressWidth
                let child = bigEndian(ranges[start..<parent])
                let room = bigEndian(ranges[length..<start + width])
                guard address >= child, address - child < room, room - (address - child) >= size else { continue }
                let (mapped, isBeyond) = bigEndian(ranges[parent..<length]).addingReportingOverflow(address - child)
                return isBeyond ? nil : mapped
            }
            return nil
        }
    }

    /// The node that `stdout-path` means: a path or an alias, the latter with more names behind it or not; behind ':' follow options
    /// (section 3.6, and of_find_node_opts_by_path() of drivers/of/base.c). A name without its unit address does, too, as for
    /// the kernel's early console.
    public func path(named text: String) -> String? {
        guard let name = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first else { return nil }
        var path = String(name)
        if !path.hasPrefix("/") {
            let parts = path.split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let alias = try? node("/aliases")?.string(String(first)) else { return nil }
            path = parts.count == 2 ? "\(alias)/\(parts[1])" : alias
        }
        var node = root
        var found = ""
        for name in Self.names(in: path) {
            guard let child = node.child(name) ?? node.children.first(where: { !name.contains("@") && $0.baseName == name }) else {
                return nil
            }
            node = child
            found += "/\(child.name)"
        }
        return found.isEmpty ? nil : found
    }
}

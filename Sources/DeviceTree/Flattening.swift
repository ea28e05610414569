import BinaryLayout
import PhysicalMemory

extension DeviceTree {
    /// The flattened tree, version 17, readable by readers of version 16: byte for byte what `dtc -O dtb`
    /// writes of the same tree. The blocks follow each other without a gap, as section 5.1 orders them
    /// and as the kernel needs them to add nodes in place.
    /// - Parameter extraRoom: free bytes at the end that totalsize covers, as `dtc -p` leaves them
    /// - Throws: `.name`, `.tooDeep`, `.tooLarge`
    public func flattened(extraRoom: ByteCount = .zero) throws(DeviceTreeError) -> [UInt8] {
        var names = TreeNames()
        try names.add(root)
        let strings = StringTable(names.ofProperties)
        var structure = StructureWriter(strings)
        structure.append(root)
        structure.append(.end)

        let reservationsOffset = FlattenedHeader.size
        let structureOffset = reservationsOffset + (reservations.count + 1) * FlattenedHeader.reservationSize
        let stringsOffset = structureOffset + structure.bytes.count
        let used = ByteCount(stringsOffset + strings.bytes.count)
        let total = used.adding(extraRoom)?.rawValue ?? .max
        guard total <= Self.maximumSize else { throw .tooLarge(total) }

        var blob: [UInt8] = []
        blob.reserveCapacity(Int(total))
        for field in [
            Int(FlattenedHeader.magic), Int(total), structureOffset, stringsOffset, reservationsOffset,
            Int(FlattenedHeader.version), Int(FlattenedHeader.lastCompatibleVersion), Int(bootCPU),
            strings.bytes.count, structure.bytes.count,
        ] { blob.append(UInt32(field), order: .bigEndian) }
        for range in reservations {
            blob.append(range.start.rawValue, order: .bigEndian)
            blob.append(range.size.rawValue, order: .bigEndian)
        }
        blob += [UInt8](repeating: 0, count: FlattenedHeader.reservationSize)
        blob += structure.bytes
        blob += strings.bytes
        blob += [UInt8](repeating: 0, count: Int(extraRoom.rawValue))
        return blob
    }
}

/// Writes the structure block (Devicetree Specification, section 5.4).
private struct StructureWriter {
    private(set) var bytes: [UInt8] = []
    private let strings: StringTable

    init(_ strings: StringTable) { self.strings = strings }

    mutating func append(_ token: Token) { bytes.append(token.rawValue, order: .bigEndian) }

    mutating func append(_ node: DeviceTree.Node) {
        append(.beginNode)
        bytes += node.name.utf8
        bytes.append(0)
        pad()
        for property in node.properties {
            append(.property)
            // A length of more than 32 bits makes the blob too large in any case.
            bytes.append(UInt32(truncatingIfNeeded: property.value.count), order: .bigEndian)
            bytes.append(strings.offset(of: property.name), order: .bigEndian)
            bytes += property.value
            pad()
        }
        for child in node.children { append(child) }
        append(.endNode)
    }

    private mutating func pad() {
        while bytes.count % Token.size != 0 { bytes.append(0) }
    }
}

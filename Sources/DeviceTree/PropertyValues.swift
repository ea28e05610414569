import BinaryLayout

/// Reading values of the kinds that section 2.2.4 of the Devicetree Specification names.
extension DeviceTree.LocatedNode {
    /// The bytes of a property that the node must have.
    public func required(_ property: String) throws(DeviceTreeError) -> [UInt8] {
        guard let value = node[property] else { throw .noProperty(path, property) }
        return value
    }

    /// A number of 4 bytes.
    public func u32(_ property: String) throws(DeviceTreeError) -> UInt32? {
        guard let value = node[property] else { return nil }
        guard value.count == 4 else { throw wrong(property, value, "a number of 4 bytes") }
        return UInt32(truncatingIfNeeded: bigEndian(value[...]))
    }

    /// A number of 8 bytes.
    public func u64(_ property: String) throws(DeviceTreeError) -> UInt64? {
        guard let value = node[property] else { return nil }
        guard value.count == 8 else { throw wrong(property, value, "a number of 8 bytes") }
        return bigEndian(value[...])
    }

    /// A number of 4 or 8 bytes, whichever it has, as kernels read `linux,initrd-start` (of_read_number()).
    public func number(_ property: String) throws(DeviceTreeError) -> UInt64? {
        guard let value = node[property] else { return nil }
        guard value.count == 4 || value.count == 8 else { throw wrong(property, value, "a number of 4 or 8 bytes") }
        return bigEndian(value[...])
    }

    /// Cells: numbers of 4 bytes one behind the other.
    public func u32s(_ property: String) throws(DeviceTreeError) -> [UInt32]? {
        guard let value = node[property] else { return nil }
        guard value.count % 4 == 0 else { throw wrong(property, value, "numbers of 4 bytes each") }
        return stride(from: 0, to: value.count, by: 4).map { UInt32(truncatingIfNeeded: bigEndian(value[$0..<$0 + 4])) }
    }

    /// A string, up to its first NUL, as kernels read it: some loaders leave more zeros behind it.
    public func string(_ property: String) throws(DeviceTreeError) -> String? {
        guard let value = node[property] else { return nil }
        guard let end = value.firstIndex(of: 0) else { throw wrong(property, value, "a string that ends in NUL") }
        return try text(value[..<end], property)
    }

    /// Strings one behind the other, each of which ends in NUL.
    public func strings(_ property: String) throws(DeviceTreeError) -> [String]? {
        guard let value = node[property] else { return nil }
        guard value.last == 0 else { throw wrong(property, value, "strings that end in NUL each") }
        var strings: [String] = []
        for part in value.dropLast().split(separator: 0, omittingEmptySubsequences: false) {
            strings.append(try text(part, property))
        }
        return strings
    }

    private func text(_ bytes: ArraySlice<UInt8>, _ property: String) throws(DeviceTreeError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .value(path, property, found: "other bytes", allowed: "text in UTF-8")
        }
        return text
    }

    private func wrong(_ property: String, _ value: [UInt8], _ allowed: String) -> DeviceTreeError {
        .value(path, property, found: "\(value.count) bytes", allowed: allowed)
    }
}

/// Writing values. A property keeps its place; a new one is appended.
extension DeviceTree.Node {
    /// Sets a number of 4 bytes.
    public mutating func set(_ property: String, u32 value: UInt32) { self[property] = bigEndian(value) }
    /// Sets a number of 8 bytes.
    public mutating func set(_ property: String, u64 value: UInt64) { self[property] = bigEndian(value) }
    /// Sets cells: numbers of 4 bytes one behind the other.
    public mutating func set(_ property: String, u32s values: [UInt32]) { self[property] = values.flatMap { bigEndian($0) } }
    /// Sets a string, with its NUL.
    public mutating func set(_ property: String, string value: String) { self[property] = Array(value.utf8) + [0] }
    /// Sets strings one behind the other, each with its NUL.
    public mutating func set(_ property: String, strings values: [String]) {
        self[property] = values.flatMap { Array($0.utf8) + [0] }
    }
}

/// The number that at most eight bytes hold.
func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

func bigEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(value, order: .bigEndian)
    return bytes
}

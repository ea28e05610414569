/// One integer of a binary structure: its name in the specification and its place.
///
/// A structure is a table of these. Swift's own layout of a struct is never relied on.
public struct IntegerField<Value: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    /// The name in the specification (`e_phnum`, `init_size`).
    public let name: StaticString
    /// Bytes from the start of the structure.
    public let offset: Int

    /// A line of the table: the name in the specification, and the offset in bytes.
    public init(_ name: StaticString, at offset: Int) {
        self.name = name
        self.offset = offset
    }

    /// In bytes.
    public var width: Int { Value.bitWidth / 8 }
}

/// Bytes end before a structure or a field does.
public struct TruncatedBytes: Error, Equatable, CustomStringConvertible {
    /// What was to be read or written.
    public let what: String
    /// Where it begins, in bytes from the start of what was given.
    public let offset: Int
    /// How many bytes it needs there.
    public let needed: Int
    /// How many bytes there are in all.
    public let available: Int

    /// For readers that check a length themselves.
    public init(what: String, offset: Int, needed: Int, available: Int) {
        self.what = what
        self.offset = offset
        self.needed = needed
        self.available = available
    }

    public var description: String {
        "\(what) needs \(needed) bytes at byte 0x\(String(offset, radix: 16)), but there are only \(available) bytes in all"
    }
}

/// Why a name cannot be that of a node or a property.
///
/// Names are printable ASCII of 1 to 255 bytes, those of nodes without '/', which separates them in
/// paths. The specification allows fewer characters (section 2.2); firmware does not keep to it.
public enum NameProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// No bytes at all.
    case empty
    /// In bytes.
    case tooLong(Int)
    /// A byte that may not stand in it.
    case byte(UInt8)

    public var description: String {
        switch self {
        case .empty: "is empty"
        case .tooLong(let count): "has \(count) bytes, more than the \(DeviceTree.maximumNameLength) allowed"
        case .byte(let byte): "holds the byte 0x\(String(byte, radix: 16)), which is not allowed there"
        }
    }
}

extension DeviceTree {
    /// What of the tree has the name.
    enum Named: String {
        case node = "child node"
        case property

        func allows(_ byte: UInt8) -> Bool {
            0x20...0x7e ~= byte && (self == .property || byte != UInt8(ascii: "/"))
        }
    }

    /// What is wrong with the name of a node; nil where nothing is.
    public static func problem(ofNodeName name: String) -> NameProblem? { problem(of: name, .node) }

    /// What is wrong with the name of a property; nil where nothing is.
    public static func problem(ofPropertyName name: String) -> NameProblem? { problem(of: name, .property) }

    static func problem(of name: String, _ named: Named) -> NameProblem? {
        if name.utf8.isEmpty { return .empty }
        if name.utf8.count > maximumNameLength { return .tooLong(name.utf8.count) }
        return name.utf8.first { !named.allows($0) }.map { .byte($0) }
    }
}

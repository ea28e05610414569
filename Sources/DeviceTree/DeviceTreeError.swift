import BinaryLayout
import PhysicalMemory

/// What is wrong with a device tree.
public enum DeviceTreeError: Error, Equatable, CustomStringConvertible {
    // Of the blob.
    /// The blob ends before its header, or before what its header promises.
    case truncated(TruncatedBytes)
    /// It begins with another number than 0xd00dfeed.
    case noMagic(UInt32)
    /// A field of the header: its name, its place, its value, and what is allowed.
    case field(String, at: Int, UInt32, allowed: String)
    /// A memory reservation, or what should end them, in bytes from the start of the blob.
    case reservation(at: Int, String)
    /// The structure block: the node that was being read, the place in the blob, and what is wrong.
    case structure(String, at: Int, String)
    /// Bytes other than zeros follow what totalsize covers.
    case trailingBytes(at: Int)

    // Of the tree, on both ways.
    /// A node that is nested deeper than `DeviceTree.maximumDepth`.
    case tooDeep(String)
    /// More bytes than `DeviceTree.maximumSize`.
    case tooLarge(UInt64)
    /// A name that cannot be written: what has it ("property", "child node"), of which node, why not.
    case name(String, of: String, NameProblem)

    // Of what is looked for in it. Each begins with the path of the node.
    /// No node of that path.
    case noNode(String)
    /// No property of that name, which the node must have: node, property.
    case noProperty(String, String)
    /// A property's value: node, property, what is there, what is allowed.
    case value(String, String, found: String, allowed: String)
    /// The node whose #address-cells or #size-cells holds a number that is not allowed where it is needed.
    case cells(String, String, UInt32, allowed: String)
    /// No node describes memory.
    case noMemory

    public var description: String {
        switch self {
        case .truncated(let bytes): "truncated device tree: \(bytes)"
        case .noMagic(let value): "no flattened device tree: it begins with \(UInt64(value).hex), not with 0xd00dfeed"
        case .field(let name, let offset, let value, let allowed):
            "\(name) \(UInt64(value).hex): \(allowed) (at byte 0x\(String(offset, radix: 16)))"
        case .reservation(let offset, let problem): "memory reservations: \(problem) (at byte 0x\(String(offset, radix: 16)))"
        case .structure(let path, let offset, let problem): "\(path): \(problem) (at byte 0x\(String(offset, radix: 16)))"
        case .trailingBytes(let offset): "data follow the device tree, from byte 0x\(String(offset, radix: 16)) on; only zeros may"
        case .tooDeep(let path): "\(path): nested deeper than \(DeviceTree.maximumDepth) levels"
        case .tooLarge(let size): "the device tree takes \(size) bytes, more than the \(DeviceTree.maximumSize) allowed"
        case .name(let named, let path, let problem): "\(path): the name of a \(named) \(problem)"
        case .noNode(let path): "the device tree has no node \(path)"
        case .noProperty(let path, let name): "\(path): no property \(name)"
        case .value(let path, let name, let found, let allowed): "\(path): \(name): \(found), must be \(allowed)"
        case .cells(let path, let name, let value, let allowed): "\(path): \(name) is \(value), must be \(allowed)"
        case .noMemory: "the device tree describes no memory: no child of / has device_type \"memory\" and a reg that is not empty"
        }
    }
}

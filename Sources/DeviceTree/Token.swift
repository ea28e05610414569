/// The tokens of the structure block (Devicetree Specification, section 5.4.1), big-endian.
enum Token: UInt32, CustomStringConvertible {
    case beginNode = 1
    case endNode = 2
    case property = 3
    case nop = 4
    case end = 9

    /// In bytes; all of the structure block is aligned to it.
    static let size = 4

    /// The name in the specification.
    var description: String {
        switch self {
        case .beginNode: "FDT_BEGIN_NODE"
        case .endNode: "FDT_END_NODE"
        case .property: "FDT_PROP"
        case .nop: "FDT_NOP"
        case .end: "FDT_END"
        }
    }
}

import ByteStorage

/// A part of a report for people. Whatever its texts hold, a line stays one, and nothing of it is obeyed by a terminal.
public enum TextBlock {
    /// Lines as they are.
    case lines([String])
    /// A label and a value a line, the values in one column.
    /// - Parameter least: how wide the labels are at least, in characters
    case fields([(label: String, value: String)], least: Int = 0)
    /// Rows in columns.
    case table(TextTable)

    /// One line.
    public static func line(_ text: String) -> TextBlock { .lines([text]) }

    /// Ends with a line end.
    public var text: String {
        switch self {
        case .lines(let lines): lines.map { $0.printable + "\n" }.joined()
        case .fields(let fields, let least):
            TextTable([.init(width: least...Int.max), .init()], rows: fields.map { .init([$0.label, $0.value]) }).text
        case .table(let table): table.text
        }
    }
}

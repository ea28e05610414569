/// As much of JSON (RFC 8259) as reports need, with keys in the order they are given.
public indirect enum JSONValue: Sendable {
    /// A string; control characters are escaped when it is printed.
    case string(String)
    /// Whole and not negative; every number that is printed is one of bytes or of things counted.
    case number(UInt64)
    /// true or false.
    case bool(Bool)
    /// What is not known, or not there.
    case null
    /// Values in their order.
    case array([JSONValue])
    /// Members in their order.
    case object([JSONMember])
}

/// A name and its value in an object.
public typealias JSONMember = (String, JSONValue)

extension JSONValue {
    /// An array of strings.
    public static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    /// Indented by two blanks a level; empty lists and objects on one line.
    public var text: String { text(indent: "") }

    private func text(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .string(let text): return Self.quoted(text)
        case .number(let number): return "\(number)"
        case .bool(let flag): return flag ? "true" : "false"
        case .null: return "null"
        case .array(let values):
            guard !values.isEmpty else { return "[]" }
            return "[\n" + values.map { inner + $0.text(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            return "{\n" + members.map { "\(inner)\(Self.quoted($0.0)): \($0.1.text(indent: inner))" }.joined(separator: ",\n")
                + "\n\(indent)}"
        }
    }

    /// What RFC 8259 wants escaped, and besides what else a terminal obeys: U+007F to U+009F.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{00}"..."\u{1f}", "\u{7f}"..."\u{9f}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

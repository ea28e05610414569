/// JSON text (RFC 8259) read into values. Of numbers only those are taken that this program writes:
/// whole ones of 64 bits that are not negative.
public struct JSONReader {
    /// Deeper than anything that is read here; a bound for the stack.
    private static let deepest = 32

    private let bytes: [UInt8]
    private var position = 0

    /// What is wrong with the text, and in which line.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        /// From 1.
        public let line: Int
        /// What was found, or is missing.
        public let what: String
        public var description: String { "line \(line): \(what)" }
    }

    /// The one value that the text is. Throws where it is none, or more follows.
    public static func value(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.position == bytes.count else { throw reader.failure("text after the end of the JSON value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func failure(_ what: String) -> Failure {
        Failure(line: 1 + bytes[..<min(position, bytes.count)].count { $0 == 0x0a }, what: what)
    }

    private mutating func skipBlanks() {
        while let byte, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    private mutating func take(_ expected: Character, _ what: String) throws(Failure) {
        guard let byte, byte == expected.asciiValue else { throw failure("\(what) is missing") }
        position += 1
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Failure) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("no JSON value") }
        position += word.utf8.count
        return value
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.deepest else { throw failure("nested deeper than \(Self.deepest) levels") }
        skipBlanks()
        switch byte {
        case UInt8(ascii: "{"): return .object(try members(depth))
        case UInt8(ascii: "["): return .array(try elements(depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("the text ends where a value should be")
        default: return .number(try number())
        }
    }

    private mutating func members(_ depth: Int) throws(Failure) -> [JSONMember] {
        position += 1
        var members: [JSONMember] = []
        var names: Set<String> = []
        skipBlanks()
        if byte == UInt8(ascii: "}") {
            position += 1
            return []
        }
        while true {
            skipBlanks()
            guard byte == UInt8(ascii: "\"") else { throw failure("a name in quotes is missing") }
            let name = try string()
            guard names.insert(name).inserted else { throw failure("'\(name)' stands twice in one object") }
            skipBlanks()
            try take(":", "the colon behind '\(name)'")
            members.append((name, try value(depth: depth + 1)))
            skipBlanks()
            guard byte == UInt8(ascii: ",") else { break }
            position += 1
        }
        try take("}", "the '}' of an object")
        return members
    }

    private mutating func elements(_ depth: Int) throws(Failure) -> [JSONValue] {
        position += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if byte == UInt8(ascii: "]") {
            position += 1
            return []
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            guard byte == UInt8(ascii: ",") else { break }
            position += 1
        }
        try take("]", "the ']' of a list")
        return elements
    }

    private mutating func number() throws(Failure) -> UInt64 {
        let start = position
        while let byte, 0x30...0x39 ~= byte { position += 1 }
        let digits = bytes[start..<position]
        if let byte, [".", "e", "E", "-", "+"].contains(Character(Unicode.Scalar(byte))) {
            throw failure("numbers are whole and not negative")
        }
        guard !digits.isEmpty else { throw failure("no JSON value") }
        guard digits.count == 1 || digits.first != 0x30 else { throw failure("a number begins with 0") }
        guard let value = UInt64(String(decoding: digits, as: UTF8.self)) else { throw failure("a number of more than 64 bits") }
        return value
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        var text: [UInt8] = []
        while true {
            guard let byte else { throw failure("a string does not end") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw failure("a string is no UTF-8") }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw failure("a control character in a string")
            default: text.append(byte)
            }
        }
    }

    /// What stands for the characters behind a backslash.
    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let byte else { throw failure("a string does not end") }
        position += 1
        switch Character(Unicode.Scalar(byte)) {
        case "\"", "\\", "/": return [byte]
        case "b": return [0x08]
        case "f": return [0x0c]
        case "n": return [0x0a]
        case "r": return [0x0d]
        case "t": return [0x09]
        case "u":
            var unit = UInt32(try hexDigits())
            if 0xd800...0xdbff ~= unit, bytes[position...].starts(with: "\\u".utf8) {
                position += 2
                let low = UInt32(try hexDigits())
                guard 0xdc00...0xdfff ~= low else { throw failure("half of a pair of \\u escapes") }
                unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw failure("half of a pair of \\u escapes") }
            return Array(String(scalar).utf8)
        default: throw failure("an unknown escape in a string")
        }
    }

    private mutating func hexDigits() throws(Failure) -> UInt16 {
        guard bytes.count - position >= 4,
            bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits are missing") }
        position += 4
        return value
    }
}

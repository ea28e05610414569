import SystemPackage

/// A word of the command line, byte for byte: a kernel's command line and a file's name need not
/// be UTF-8.
public struct Word: Sendable {
    /// Without the NUL at its end.
    public let bytes: [UInt8]

    /// A word without its NUL.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// For comparing and for messages.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The same bytes, as the name of a file.
    public var path: FilePath { unsafe FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0]) }
}

/// The command line, split into options and other words.
public struct ParsedOptions: Sendable {
    /// The options that there are.
    public let table: OptionTable
    /// In the order they were given.
    public let options: [(id: OptionID, argument: Word?)]
    /// The words that are no options.
    public let words: [Word]

    /// What a parser found; nothing is checked yet.
    public init(_ options: [(id: OptionID, argument: Word?)], words: [Word], table: OptionTable) {
        self.options = options
        self.words = words
        self.table = table
    }

    /// Whether it was given.
    public func contains(_ id: OptionID) -> Bool { options.contains { $0.id == id } }
    /// That of the last one; nil where it was not given or takes none.
    public func argument(_ id: OptionID) -> Word? { options.last { $0.id == id }?.argument }
    /// Of an option that may be given several times, in their order.
    public func arguments(_ id: OptionID) -> [Word] { options.compactMap { $0.id == id ? $0.argument : nil } }

    /// The option as messages call it.
    public func name(_ id: OptionID) -> String { table[id]?.name ?? id.spelling }

    /// Throws where an option that has one argument is given with two: the last would win, and the first be dropped in silence.
    public func requireOneArgumentEach() throws(UsageError) {
        for (index, option) in options.enumerated() {
            guard let row = table[option.id], !row.isList, let argument = option.argument,
                let other = options[(index + 1)...].first(where: { $0.id == option.id })?.argument, other.bytes != argument.bytes
            else { continue }
            throw .conflict("\(row.name) is given twice, as '\(argument.text)' and as '\(other.text)': only one can be meant")
        }
    }

    /// An option's argument as the name of a file; nil when the option is not there.
    public func fileName(_ id: OptionID) throws(UsageError) -> FilePath? {
        guard let word = argument(id) else { return nil }
        guard !word.bytes.isEmpty else { throw .conflict("\(name(id)): the file's name is empty") }
        return word.path
    }

    /// An address, as strtoul(3) with base 0 reads it.
    public func address(_ id: OptionID) throws(UsageError) -> UInt64? {
        try value(id, allowed: "an address: 0x and hexadecimal digits, 0 and octal ones, or decimal ones") { text in
            if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt64(text.dropFirst(2), radix: 16) }
            if text.hasPrefix("0"), text.count > 1 { return UInt64(text.dropFirst(), radix: 8) }
            return UInt64(text)
        }
    }

    /// The option's argument, turned into a value by `convert`; nil when the option is not there.
    public func value<Value>(_ id: OptionID, allowed: String, _ convert: (String) -> Value?) throws(UsageError) -> Value? {
        guard let text = argument(id)?.text else { return nil }
        guard let value = convert(text) else { throw .badArgument(option: name(id), value: text, allowed: allowed) }
        return value
    }

    /// The choice of the last of several options that exclude one another; nil without any.
    public func last<Choice>(of choices: [OptionID: Choice]) -> Choice? {
        options.reversed().lazy.compactMap { choices[$0.id] }.first
    }
}

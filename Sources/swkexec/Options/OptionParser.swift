import CLinux
import SystemPackage

/// A word of the command line, byte for byte: a kernel's command line and a file's name need not
/// be UTF-8.
struct Word {
    /// Without the NUL at its end.
    let bytes: [UInt8]

    init(_ pointer: UnsafePointer<CChar>) {
        var bytes: [UInt8] = []
        var next = unsafe pointer
        while unsafe next.pointee != 0 {
            unsafe bytes.append(UInt8(bitPattern: next.pointee))
            unsafe next = next.advanced(by: 1)
        }
        self.bytes = bytes
    }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// For comparing and for messages.
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var path: FilePath { unsafe FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0]) }
}

/// The command line, split by the C library's getopt_long into options and other words.
struct ParsedOptions {
    /// In the order they were given; the last of a kind wins.
    private(set) var options: [(id: OptionID, argument: Word?)] = []
    /// The words that are no options.
    private(set) var words: [Word] = []
    /// Whether the first word of all is `fadump`, which has options of its own.
    let isFadump: Bool

    func contains(_ id: OptionID) -> Bool { options.contains { $0.id == id } }
    func argument(_ id: OptionID) -> Word? { options.last { $0.id == id }?.argument }
    /// Of an option that may be given several times, in their order.
    func arguments(_ id: OptionID) -> [Word] { options.compactMap { $0.id == id ? $0.argument : nil } }

    /// Parses the command line of this process.
    init() throws(UsageError) {
        unsafe try self.init(CommandLine.argc, CommandLine.unsafeArgv)
    }

    /// Parses a command line, the program's name first. getopt_long keeps its state in globals and
    /// reorders the words: one at a time.
    init(_ argc: Int32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws(UsageError) {
        isFadump = unsafe argc > 1 && argv[1].map { unsafe Word($0).text } == OptionTable.fadumpWord
        let rows = isFadump ? OptionTable.fadump : OptionTable.rows
        clinux_options_begin()
        for row in rows {
            for name in row.long { unsafe clinux_options_add(name, row.argument == nil ? 0 : 1, Int32(row.id.rawValue)) }
        }
        let shortOptions = OptionTable.shortOptions(rows)
        while true {
            var argument: UnsafePointer<CChar>?
            var offender: UnsafePointer<CChar>?
            var letter: Int32 = 0
            let value = unsafe clinux_options_next(argc, argv, shortOptions, &argument, &offender, &letter)
            if value == -1 { break }
            let word = unsafe offender.map { unsafe Word($0).text } ?? ""
            switch value {
            case 0x3f where letter == 0x3f: options.append((.help, nil))  // -?
            case 0x3f: throw Self.unknown(word, letter, among: rows)
            case 0x3a: throw .missingArgument(letter > 0x7f ? Self.name(Int(letter)) : "-\(Self.character(letter))")
            default:
                guard let id = Self.id(of: Int(value), among: rows) else { throw .unknownOption(word) }
                unsafe options.append((id, argument.map { unsafe Word($0) }))
            }
        }
        let rest = Int(clinux_options_rest())
        for i in max(1, rest)..<max(1, rest, Int(argc)) {
            if let word = unsafe argv[i] { words.append(unsafe Word(word)) }
        }
    }

    private static func character(_ value: Int32) -> Character {
        Character(Unicode.Scalar(UInt8(truncatingIfNeeded: value)))
    }

    private static func id(of value: Int, among rows: [OptionRow]) -> OptionID? {
        if let id = OptionID(rawValue: value) { return id }
        return rows.first { $0.short?.asciiValue.map(Int.init) == value }?.id
    }

    private static func name(_ value: Int) -> String {
        OptionID(rawValue: value).flatMap(OptionTable.row)?.long.first.map { "--\($0)" } ?? "an option"
    }

    /// getopt_long answers '?' for three mistakes; which one it was, the word tells.
    private static func unknown(_ word: String, _ letter: Int32, among rows: [OptionRow]) -> UsageError {
        guard word.hasPrefix("--") else { return .unknownOption("-\(character(letter))") }
        let name = word.dropFirst(2).prefix { $0 != "=" }
        if letter > 0x7f { return .unexpectedArgument("--\(name)") }
        let matches = rows.flatMap(\.long).filter { $0.hasPrefix(name) }
        return matches.count > 1 ? .ambiguousOption("--\(name)", matches.map { "--\($0)" }) : .unknownOption("--\(name)")
    }
}

/// The command line does not make sense. All end in exit status 1.
enum UsageError: Error, Equatable, CustomStringConvertible {
    case unknownOption(String)
    case ambiguousOption(String, [String])
    case missingArgument(String)
    case unexpectedArgument(String)
    case badArgument(option: String, value: String, allowed: String)
    case conflict(String)

    var description: String {
        switch self {
        case .unknownOption(let name): "unknown option \(name) (see --help)"
        case .ambiguousOption(let name, let candidates): "option \(name) is ambiguous: \(candidates.joined(separator: ", "))"
        case .missingArgument(let name): "option \(name) needs an argument"
        case .unexpectedArgument(let name): "option \(name) takes no argument"
        case .badArgument(let option, let value, let allowed): "\(option): '\(value)' is not \(allowed)"
        case .conflict(let what): what
        }
    }
}

import CLinux
import CommandLineOptions

extension Word {
    init(_ pointer: UnsafePointer<CChar>) {
        var bytes: [UInt8] = []
        var next = unsafe pointer
        while unsafe next.pointee != 0 {
            unsafe bytes.append(UInt8(bitPattern: next.pointee))
            unsafe next = next.advanced(by: 1)
        }
        self.init(bytes)
    }
}

/// The C library's getopt_long splits the command line.
extension ParsedOptions {
    /// The values that getopt_long answers for options lie above every letter, so that long and short
    /// ones can be told apart.
    private static let firstValue = 1000

    /// Parses the command line of this process.
    init() throws(UsageError) {
        unsafe try self.init(CommandLine.argc, CommandLine.unsafeArgv)
    }

    /// Parses a command line, the program's name first. getopt_long keeps its state in globals and
    /// reorders the words: one at a time.
    init(_ argc: Int32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws(UsageError) {
        let isFadump = unsafe argc > 1 && argv[1].map { unsafe Word($0).text } == OptionTable.fadumpWord
        let table = isFadump ? OptionTable.fadump : .command
        clinux_options_begin()
        for (index, row) in table.rows.enumerated() {
            for name in row.long { unsafe clinux_options_add(name, row.argument == nil ? 0 : 1, Int32(Self.firstValue + index)) }
        }
        let shortOptions = table.shortOptions
        var options: [(id: OptionID, argument: Word?)] = []
        while true {
            var argument: UnsafePointer<CChar>?
            var offender: UnsafePointer<CChar>?
            var letter: Int32 = 0
            let value = unsafe clinux_options_next(argc, argv, shortOptions, &argument, &offender, &letter)
            if value == -1 { break }
            let word = unsafe offender.map { unsafe Word($0).text } ?? ""
            switch value {
            case 0x3f where letter == 0x3f: options.append((.help, nil))  // -?
            case 0x3f: throw Self.unknown(word, letter, among: table.rows)
            case 0x3a:
                throw .missingArgument(Self.row(of: Int(letter), among: table.rows)?.name(for: letter) ?? "-\(Self.character(letter))")
            default:
                guard let row = Self.row(of: Int(value), among: table.rows) else { throw .unknownOption(word) }
                unsafe options.append((row.id, argument.map { unsafe Word($0) }))
            }
        }
        var words: [Word] = []
        let rest = Int(clinux_options_rest())
        for i in max(1, rest)..<max(1, rest, Int(argc)) {
            if let word = unsafe argv[i] { words.append(unsafe Word(word)) }
        }
        self.init(options, words: words, table: table)
    }

    private static func character(_ value: Int32) -> Character {
        Character(Unicode.Scalar(UInt8(truncatingIfNeeded: value)))
    }

    private static func row(of value: Int, among rows: [OptionRow]) -> OptionRow? {
        let index = value - firstValue
        if rows.indices.contains(index) { return rows[index] }
        return rows.first { $0.short?.asciiValue.map(Int.init) == value }
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

extension OptionRow {
    /// As the user wrote it: by its letter, or by a long name.
    fileprivate func name(for value: Int32) -> String { value > 0x7f ? id.spelling : name }
}

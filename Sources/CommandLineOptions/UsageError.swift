/// The command line does not make sense. All end in exit status 1.
public enum UsageError: Error, Equatable, CustomStringConvertible {
    /// A name that no option has.
    case unknownOption(String)
    /// The beginning of several long names.
    case ambiguousOption(String, [String])
    /// An option that stands alone and must not.
    case missingArgument(String)
    /// `--option=something` of an option that takes nothing.
    case unexpectedArgument(String)
    /// What is allowed reads on behind "is not".
    case badArgument(option: String, value: String, allowed: String)
    /// An option that means nothing where it stands: `OptionCheck`'s sentence.
    case meaningless(String)
    /// Words that do not go together; the sentence names them.
    case conflict(String)

    public var description: String {
        switch self {
        case .unknownOption(let name): "unknown option \(name) (see --help)"
        case .ambiguousOption(let name, let candidates): "option \(name) is ambiguous: \(candidates.joined(separator: ", "))"
        case .missingArgument(let name): "option \(name) needs an argument"
        case .unexpectedArgument(let name): "option \(name) takes no argument"
        case .badArgument(let option, let value, let allowed): "\(option): '\(value)' is not \(allowed)"
        case .meaningless(let sentence): sentence
        case .conflict(let what): what
        }
    }
}

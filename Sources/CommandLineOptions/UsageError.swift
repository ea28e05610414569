/// The command line does not make sense. All end in exit status 1.
public enum UsageError: Error, Equatable, CustomStringConvertible {
    case unknownOption(String)
    case ambiguousOption(String, [String])
    case missingArgument(String)
    case unexpectedArgument(String)
    case badArgument(option: String, value: String, allowed: String)
    /// An option that means nothing where it stands: `OptionCheck`'s sentence.
    case meaningless(String)
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

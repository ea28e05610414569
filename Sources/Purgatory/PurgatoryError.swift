import ELF

/// The embedded purgatory is not what the loader expects. This cannot be caused by input, only by
/// a build that went wrong.
public enum PurgatoryError: Error, Equatable, CustomStringConvertible {
    case notHexadecimal
    case elf(ELFError)
    case unexpected(String)
    /// A parameter's symbol is of another size than the value for it.
    case parameterSize(String, has: Int, value: Int)

    public var description: String {
        switch self {
        case .notHexadecimal: "purgatory: the embedded image is not hexadecimal text"
        case .elf(let error): "purgatory: \(error)"
        case .unexpected(let what): "purgatory: \(what)"
        case .parameterSize(let name, let has, let value): "purgatory: \(name) has \(has) bytes, its value \(value)"
        }
    }
}

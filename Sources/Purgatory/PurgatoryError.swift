/// Why purgatory cannot check what is loaded.
public enum PurgatoryError: Error, Equatable, CustomStringConvertible {
    /// More than it has room for.
    case tooManyRegions(Int)

    public var description: String {
        switch self {
        case .tooManyRegions(let count): "purgatory: \(count) regions exceed \(PurgatoryImage.maximumRegions)"
        }
    }
}

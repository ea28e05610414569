import PhysicalMemory

/// Why purgatory cannot be told what is loaded.
public enum PurgatoryError: Error, Equatable, CustomStringConvertible {
    /// More than it has room for.
    case tooManySegments(Int)
    /// It would reach beyond the address space.
    case beyondAddresses(PhysicalAddress)

    public var description: String {
        switch self {
        case .tooManySegments(let count): "purgatory: \(count) segments exceed \(PurgatoryRecord.maximumSegments)"
        case .beyondAddresses(let start): "purgatory: at \(start) it reaches beyond the address space"
        }
    }
}

import LoadPlan

/// How digest rules are written as numbers.
extension DigestRule {
    var code: UInt32 {
        switch self {
        case .included: 0
        case .excluded(because: .hotplug): 1
        case .excluded(because: .purgatory): 2
        }
    }

    init?(code: UInt32) {
        switch code {
        case 0: self = .included
        case 1: self = .excluded(because: .hotplug)
        case 2: self = .excluded(because: .purgatory)
        default: return nil
        }
    }
}

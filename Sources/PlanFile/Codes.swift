import CPlanFormat
import HostState
import LoadPlan

/// How digest rules are written as numbers.
extension DigestRule {
    var code: UInt32 {
        switch self {
        case .included: UInt32(PLAN_DIGEST_INCLUDED)
        case .excluded(because: .hotplug): UInt32(PLAN_DIGEST_HOTPLUG)
        case .excluded(because: .purgatory): UInt32(PLAN_DIGEST_PURGATORY)
        }
    }

    init?(code: UInt32) {
        let all: [DigestRule] = [.included, .excluded(because: .hotplug), .excluded(because: .purgatory)]
        guard let rule = all.first(where: { $0.code == code }) else { return nil }
        self = rule
    }
}

/// How the rules of preconditions are written as numbers.
extension Precondition.Rule {
    var code: UInt16 {
        switch self {
        case .equals: UInt16(PLAN_FACT_EQUALS)
        case .begins: UInt16(PLAN_FACT_BEGINS)
        case .contains: UInt16(PLAN_FACT_CONTAINS)
        case .lines: UInt16(PLAN_FACT_LINES)
        case .digest: UInt16(PLAN_FACT_DIGEST)
        case .tree: UInt16(PLAN_FACT_TREE)
        }
    }

    init?(code: UInt16) {
        guard let rule = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = rule
    }
}

import HostState
import PlanFile

/// A plan out of a file for people: the plan, and what it takes for granted of the machine. What
/// swkexec-apply prints is the same (Applier/print.c).
enum PlanFileTable {
    static func text(_ file: PlanFile, root: SystemRoot) -> String {
        let plan = file.plan
        let rows =
            [("FACT", "HERE", "FILE", "EXPECTED")]
            + file.facts.map { fact in
                (fact.subject, fact.difference(in: root) == nil ? "holds" : "differs", fact.name(in: .live), fact.expectation)
            }
        let subjectWidth = rows.map(\.0.count).max() ?? 0
        let fileWidth = rows.map(\.2.count).max() ?? 0
        let facts = rows.map { subject, state, name, expected in
            "\(padded(subject, subjectWidth))  \(padded(state, "differs".count))  \(padded(name, fileWidth))  \(expected)\n"
        }
        return "\(PlanTable.text(plan))architecture  \(plan.architecture)\npurpose       \(plan.purpose.rawValue)\n\n\(facts.joined())"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

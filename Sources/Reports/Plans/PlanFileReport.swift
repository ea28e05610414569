import HostState
import JSON
import PlanFile

/// A plan out of a file, and what it takes for granted of the machine, compared with one. What swkexec-apply prints is the same
/// (Applier/print.c).
public struct PlanFileReport: Report {
    public static let schemaVersion = PlanReport.schemaVersion

    let file: PlanFile
    let root: SystemRoot
    let plan: PlanReport

    /// - Parameters:
    ///   - root: the machine that it is compared with
    ///   - files: the names that the segments were written to, in their order; nil when they were not
    public init(_ file: PlanFile, root: SystemRoot, files: [String]? = nil) {
        self.file = file
        self.root = root
        plan = PlanReport(file.plan, files: files)
    }

    public var blocks: [TextBlock] {
        let fields = plan.fields + [("architecture", file.plan.architecture), ("purpose", file.plan.purpose.rawValue)]
        return plan.blocks.dropLast() + [.fields(fields, least: PlanReport.labelWidth), .table(facts)]
    }

    private var facts: TextTable {
        TextTable(
            [.init("FACT"), .init("HERE", width: "differs".count...Int.max), .init("FILE"), .init("EXPECTED")],
            rows: file.preconditions.map { fact in
                .init([fact.subject, fact.difference(in: root) == nil ? "holds" : "differs", fact.name(in: .live), fact.expectation])
            })
    }

    public var members: [JSONMember] { plan.members + [("facts", .array(file.preconditions.map { value(of: $0) }))] }

    private func value(of fact: Precondition) -> JSONValue {
        .object([
            ("subject", .string(fact.subject)),
            ("file", .string(fact.name(in: .live))),
            ("rule", .string(name(of: fact.rule))),
            ("selector", fact.selector.isEmpty ? .null : .string(fact.selector)),
            ("expected", .string(fact.expectation)),
            ("overridable", .bool(fact.isOverridable)),
            ("holds", .bool(fact.difference(in: root) == nil)),
        ])
    }

    private func name(of rule: Precondition.Rule) -> String {
        switch rule {
        case .equals: "equals"
        case .begins: "begins"
        case .contains: "contains"
        case .lines: "lines"
        case .digest: "digest"
        case .tree: "tree"
        }
    }
}

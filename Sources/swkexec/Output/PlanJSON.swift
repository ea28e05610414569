import HostState
import LoadPlan
import PhysicalMemory
import SHA256

/// A plan for programs. The keys are documented in swkexec(8); they are a promise.
enum PlanJSON {
    static let schemaVersion: UInt64 = 1

    /// - Parameter files: the names that the segments were written to, in their order; nil when
    ///   they were not
    static func text(_ plan: LoadPlan, files: [String]?) -> String { text(members(plan, files: files)) }

    /// The same of a plan out of a file, with what it takes for granted of the machine.
    /// - Parameter root: the machine that this is compared with
    static func text(_ plan: LoadPlan, files: [String]?, facts: [Precondition], root: SystemRoot) -> String {
        text(members(plan, files: files) + [("facts", .array(facts.map { fact($0, root: root) }))])
    }

    private static func text(_ members: [(String, JSONValue)]) -> String { JSONValue.object(members).text() + "\n" }

    private static func members(_ plan: LoadPlan, files: [String]?) -> [(String, JSONValue)] {
        [
            ("schemaVersion", .number(schemaVersion)),
            ("architecture", .string(plan.architecture)),
            ("purpose", .string(plan.purpose.rawValue)),
            ("call", .string("kexec_load")),
            ("entry", .string(plan.entry.description)),
            (
                "flags",
                .object([
                    ("value", .string(plan.flags.rawValue.hex)),
                    ("names", .array(plan.flags.names.map { .string($0) })),
                ])
            ),
            ("commandLine", .string(plan.commandLine.description)),
            (
                "segments",
                .array(
                    plan.segments.enumerated().map { index, segment in
                        self.segment(segment, file: files.map { $0[index] })
                    })
            ),
            (
                "digest",
                .object([
                    ("algorithm", .string("sha256")),
                    ("value", plan.digest.map { .string($0.value.description) } ?? .null),
                    ("bytes", .number(plan.digest?.coveredBytes ?? 0)),
                ])
            ),
            (
                "hotplug",
                .object([
                    ("requested", .bool(plan.hotplugRequested)),
                    ("elfcorehdrCapacity", .number(plan.segment(.elfcorehdr)?.memory.size.rawValue ?? 0)),
                    ("excludedRoles", .array(plan.hotplugSegments.map { .string($0.role.rawValue) })),
                ])
            ),
            ("warnings", .array(plan.warnings.map { .string($0) })),
        ]
    }

    private static func fact(_ fact: Precondition, root: SystemRoot) -> JSONValue {
        .object([
            ("subject", .string(fact.subject)),
            ("file", .string(fact.name(in: .live))),
            ("rule", .string(name(fact.rule))),
            ("selector", fact.selector.isEmpty ? .null : .string(fact.selector)),
            ("expected", .string(fact.expectation)),
            ("overridable", .bool(fact.isOverridable)),
            ("holds", .bool(fact.difference(in: root) == nil)),
        ])
    }

    private static func name(_ rule: Precondition.Rule) -> String {
        switch rule {
        case .equals: "equals"
        case .begins: "begins"
        case .contains: "contains"
        case .lines: "lines"
        case .digest: "digest"
        }
    }

    private static func segment(_ segment: Segment, file: String?) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("role", .string(segment.role.rawValue)),
            ("start", .string(segment.memory.start.description)),
            ("memorySize", .number(segment.memory.size.rawValue)),
            ("loadedSize", .number(segment.loadedSize.rawValue)),
            ("digest", .string(digest(segment.digestRule))),
            ("sha256", .string(SHA256.digest(of: segment.contents).description)),
        ]
        if let file { members.append(("file", .string(file))) }
        return .object(members)
    }

    private static func digest(_ rule: DigestRule) -> String {
        switch rule {
        case .included: "included"
        case .excluded(let reason): "excluded-\(reason.rawValue)"
        }
    }
}

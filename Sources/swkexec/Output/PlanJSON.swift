import LoadPlan
import PhysicalMemory
import SHA256

/// A plan for programs. The keys are documented in swkexec(8); they are a promise.
enum PlanJSON {
    static let schemaVersion: UInt64 = 1

    /// - Parameter files: the names that the segments were written to, in their order; nil when
    ///   they were not
    static func text(_ plan: LoadPlan, files: [String]?) -> String {
        let value = JSONValue.object([
            ("schemaVersion", .number(schemaVersion)),
            ("architecture", .string(plan.architecture)),
            ("purpose", .string(plan.purpose.rawValue)),
            ("call", .string("kexec_load")),
            ("entry", .string(plan.entry.description)),
            ("flags", .object([
                ("value", .string(plan.flags.rawValue.hex)),
                ("names", .array(plan.flags.names.map { .string($0) })),
            ])),
            ("commandLine", .string(plan.commandLine.description)),
            ("segments", .array(plan.segments.enumerated().map { index, segment in
                self.segment(segment, file: files.map { $0[index] })
            })),
            ("digest", .object([
                ("algorithm", .string("sha256")),
                ("value", plan.digest.map { .string($0.value.description) } ?? .null),
                ("bytes", .number(plan.digest?.coveredBytes ?? 0)),
            ])),
            ("hotplug", .object([
                ("requested", .bool(plan.hotplugRequested)),
                ("elfcorehdrCapacity", .number(plan.segment(.elfcorehdr)?.memory.size.rawValue ?? 0)),
                ("excludedRoles", .array(plan.hotplugSegments.map { .string($0.role.rawValue) })),
            ])),
            ("warnings", .array(plan.warnings.map { .string($0) })),
        ])
        return value.text() + "\n"
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

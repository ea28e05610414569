import JSON
import LoadPlan
import PhysicalMemory
import SHA256

/// A plan of a load by kexec_load(2). The keys are documented in swkexec(8).
public struct PlanReport: Report {
    public static let schemaVersion: UInt64 = 1

    let plan: LoadPlan
    let files: [String]?

    /// - Parameter files: the names that the segments were written to, in their order; nil when they were not
    public init(_ plan: LoadPlan, files: [String]? = nil) {
        self.plan = plan
        self.files = files
    }

    // MARK: - For people

    public var blocks: [TextBlock] { [.table(segments), .fields(fields, least: Self.labelWidth)] }

    /// That of "command line", whether a plan has one or not.
    static let labelWidth = 12

    private var segments: TextTable {
        TextTable(
            [
                .init("SEGMENT"), .init("START", .right), .init("END", .right), .init("MEMORY", .right), .init("LOADED", .right),
                .init("DIGEST"),
            ],
            rows: plan.segments.map { segment in
                .init([
                    segment.role.rawValue, segment.memory.start.description, segment.memory.last.description,
                    "\(segment.memory.size.rawValue)", "\(segment.contents.count)", words(for: segment),
                ])
            })
    }

    private func words(for segment: Segment) -> String {
        switch segment.digestRule {
        case .included where segment.contents.count == 0: "nothing is loaded"
        case .included: plan.digest == nil ? "not checked" : "included"
        case .excluded(because: .hotplug): "excluded: the kernel rewrites it on hotplug"
        case .excluded(because: .purgatory): "excluded: it holds the digest"
        }
    }

    private func words(for updates: HotplugUpdates) -> String {
        switch updates {
        case .promised: "the kernel keeps the image right (--hotplug)"
        case .offered: "the kernel offers to keep the image right, and is asked to (--no-hotplug turns it off)"
        case .off: "the image goes stale when memory and CPUs come and go (--no-hotplug)"
        case .unavailable(let obstacle): "the image goes stale when memory and CPUs come and go: \(obstacle.reason)"
        }
    }

    /// What concerns all segments.
    var fields: [(label: String, value: String)] {
        var fields = [
            (label: "entry", value: plan.entry.description),
            (label: "flags", value: ([plan.flags.rawValue.hex] + plan.flags.names).joined(separator: " ")),
        ]
        if !plan.commandLine.bytes.isEmpty { fields.append(("command line", plan.commandLine.description)) }
        if let digest = plan.digest {
            fields.append(("digest", "sha256 \(digest.value) over \(digest.coveredBytes) bytes"))
        } else if plan.segments.contains(where: { $0.digestRule == .included }) {
            fields.append(("digest", "none, purgatory does not check (-i)"))
        }
        if let updates = plan.hotplugUpdates { fields.append(("hotplug", words(for: updates))) }
        for lost in plan.lostHandover {
            fields.append(
                ("handover", "lost\(lost.isDropped ? " knowingly" : ""): \(lost.handover.what) (\(lost.handover.rawValue), \(lost.file))"))
        }
        return fields + plan.warnings.map { ("warning", $0) }
    }

    // MARK: - For programs

    public var members: [JSONMember] {
        [
            ("architecture", .string(plan.architecture)),
            ("purpose", .string(plan.purpose.rawValue)),
            ("call", .string("kexec_load")),
            ("entry", .string(plan.entry.description)),
            ("flags", .object([("value", .string(plan.flags.rawValue.hex)), ("names", .strings(plan.flags.names))])),
            ("commandLine", .string(plan.commandLine.description)),
            ("segments", .array(plan.segments.enumerated().map { index, segment in value(of: segment, file: files.map { $0[index] }) })),
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
                .object(
                    [
                        ("requested", .bool(plan.hotplugRequested)),
                        ("elfcorehdrCapacity", .number(plan.segment(.elfcorehdr)?.memory.size.rawValue ?? 0)),
                        ("excludedRoles", .strings(plan.hotplugSegments.map(\.role.rawValue))),
                    ] + (plan.hotplugUpdates.map { [("updates", .string($0.word))] } ?? []))
            ),
        ] + (plan.lostHandover.isEmpty ? [] : [("lostHandover", .array(plan.lostHandover.map(value)))]) + [
            ("warnings", .strings(plan.warnings))
        ]
    }

    private func value(of lost: LostHandover) -> JSONValue {
        .object([
            ("what", .string(lost.handover.rawValue)), ("dropped", .bool(lost.isDropped)), ("file", .string(lost.file.string)),
        ])
    }

    private func value(of segment: Segment, file: String?) -> JSONValue {
        var members: [JSONMember] = [
            ("role", .string(segment.role.rawValue)),
            ("start", .string(segment.memory.start.description)),
            ("memorySize", .number(segment.memory.size.rawValue)),
            ("loadedSize", .number(segment.loadedSize.rawValue)),
            ("digest", .string(name(of: segment.digestRule))),
            ("sha256", .string(SHA256.digest(of: segment.contents).description)),
        ]
        if let file { members.append(("file", .string(file))) }
        return .object(members)
    }

    private func name(of rule: DigestRule) -> String {
        switch rule {
        case .included: "included"
        case .excluded(let reason): "excluded-\(reason.rawValue)"
        }
    }
}

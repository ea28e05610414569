import Inspection
import JSON
import LoadPlan
import PhysicalMemory

/// The crash image that is loaded, and what is true of it now. The keys are documented in swkexec(8); those that a plan has, too, are as
/// in its report.
public struct InspectionReport: Report {
    public static let schemaVersion: UInt64 = 1

    /// crash_hotplug of CPUs and of memory: not 0 where the kernel updates the image; nil where there is no such file.
    public struct KernelHotplug: Sendable {
        let cpus: UInt64?
        let memory: UInt64?

        /// As the files say.
        public init(cpus: UInt64?, memory: UInt64?) {
            self.cpus = cpus
            self.memory = memory
        }
    }

    let inspection: ImageInspection
    let architecture: String
    let hotplug: KernelHotplug
    let files: [String]?

    /// - Parameter files: the names that the segments were written to, in their order; nil when they were not
    public init(_ inspection: ImageInspection, architecture: String, _ hotplug: KernelHotplug, files: [String]? = nil) {
        self.inspection = inspection
        self.architecture = architecture
        self.hotplug = hotplug
        self.files = files
    }

    /// - Parameter width: that of the map, in characters
    public func text(_ format: PlanFormat, width: Int) -> String {
        switch format {
        case .table: table
        case .map: map(width: width) + "\n" + [findings, .line(inspection.verdict)].compactMap { $0?.text }.joined()
        case .json: json
        }
    }

    /// Of another loader's image only the header's place is known, and not its size.
    private func map(width: Int) -> String {
        var placed = inspection.segments.map { (role: $0.role, memory: $0.memory) }
        if placed.isEmpty, let header = inspection.header, let page = PhysicalRange(start: header.start, size: .page) {
            placed = [(.elfcorehdr, page)]
        }
        return PlanMap.text(placed, in: inspection.regions, width: width)
    }

    // MARK: - For people

    public var blocks: [TextBlock] {
        let table = inspection.segments.isEmpty ? nil : TextBlock.table(segments)
        return [table, .fields(fields, least: PlanReport.labelWidth), findings, .line(inspection.verdict)].compactMap { $0 }
    }

    private var segments: TextTable {
        TextTable(
            [
                .init("SEGMENT"), .init("START", .right), .init("END", .right), .init("MEMORY", .right), .init("LOADED", .right),
                .init("DIGEST"), .init("NOW"),
            ],
            rows: inspection.segments.map { segment in
                .init([
                    segment.role.rawValue, segment.memory.start.description, segment.memory.last.description,
                    "\(segment.memory.size.rawValue)", "\(segment.loadedSize.rawValue)",
                    segment.digestRule == .included ? "included" : "excluded", segment.words,
                ])
            })
    }

    private var fields: [(label: String, value: String)] {
        var fields = inspection.regions.map { (label: "region", value: "\($0), \($0.size)") }
        switch inspection.origin {
        case .swkexec(let record): fields.append(("loaded by", "swkexec; purgatory's record is at \(record)"))
        case .other: fields.append(("loaded by", "another loader: only its elfcorehdr is known"))
        }
        if let entry = inspection.entry { fields.append(("entry", entry.description)) }
        if let commandLine = inspection.commandLine { fields.append(("command line", commandLine.description)) }
        switch inspection.digest {
        case .compared(let expected, let computed) where expected == computed: fields.append(("digest", "sha256 \(expected): intact"))
        case .compared(let expected, let computed): fields.append(("digest", "sha256 \(expected) expected, \(computed) computed"))
        case .unchecked: fields.append(("digest", "none, purgatory does not check (-i)"))
        case .unknown: fields.append(("digest", "not known"))
        }
        if let header = inspection.header {
            let room = header.room.map { ", room for \($0) more" } ?? ""
            fields.append(
                ("elfcorehdr", "at \(header.start): \(header.memory.count) ranges of memory, \(header.notes) notes\(room)"))
        }
        if let tree = inspection.tree {
            fields.append(("fdt", "at \(tree.start): \(tree.cpus.count) CPUs, \(tree.room) left"))
        }
        fields.append(("hotplug", hotplugWords))
        if !inspection.remains.isEmpty {
            fields.append(("remains", "of older images: \(inspection.remains.map(\.description).joined(separator: ", "))"))
        }
        return fields
    }

    private var hotplugWords: String {
        let requested = inspection.isHotplug.map { $0 ? "asked for at the load; " : "not asked for at the load; " } ?? ""
        func word(_ value: UInt64?) -> String { value.map { $0 == 0 ? "no" : "yes" } ?? "no such file" }
        return "\(requested)the kernel updates it: CPUs \(word(hotplug.cpus)), memory \(word(hotplug.memory))"
    }

    private var findings: TextBlock? {
        if inspection.findings.isEmpty { return nil }
        let findings = inspection.findings
        let rows = findings.enumerated().map { index, finding in
            // Neighbours have one remedy in common: it stands once, below them.
            let isLast = findings.dropFirst(index + 1).first?.remedy != finding.remedy
            return TextTable.Row([finding.id, finding.text], notes: isLast ? ["-> \(finding.remedy)"] : [])
        }
        return .table(TextTable([.init(), .init()], rows: rows))
    }

    // MARK: - For programs

    public var members: [JSONMember] {
        [
            ("architecture", .string(architecture)),
            ("purpose", .string(LoadPlan.Purpose.crash.rawValue)),
            ("loader", .string(inspection.isOwn ? "swkexec" : "other")),
            ("entry", inspection.entry.map { .string($0.description) } ?? .null),
            ("commandLine", inspection.commandLine.map { .string($0.description) } ?? .null),
            ("regions", .array(inspection.regions.map(value))),
            (
                "segments",
                .array(inspection.segments.enumerated().map { index, segment in value(of: segment, file: files.map { $0[index] }) })
            ),
            ("digest", digest),
            (
                "hotplug",
                .object([
                    ("requested", inspection.isHotplug.map { .bool($0) } ?? .null),
                    ("cpus", hotplug.cpus.map { .bool($0 != 0) } ?? .null),
                    ("memory", hotplug.memory.map { .bool($0 != 0) } ?? .null),
                ])
            ),
            ("elfcorehdr", inspection.header.map(value) ?? .null),
            ("fdt", inspection.tree.map(value) ?? .null),
            ("remains", .strings(inspection.remains.map(\.description))),
            ("findings", .array(inspection.findings.map(value))),
            ("intact", inspection.isIntact.map { .bool($0) } ?? .null),
            ("current", .bool(inspection.isCurrent)),
        ]
    }

    private func value(_ range: PhysicalRange) -> JSONValue {
        .object([("start", .string(range.start.description)), ("memorySize", .number(range.size.rawValue))])
    }

    private func value(of segment: InspectedSegment, file: String?) -> JSONValue {
        let rule: String =
            switch segment.digestRule {
            case .included: "included"
            case .excluded(let reason): "excluded-\(reason.rawValue)"
            }
        var members: [JSONMember] = [
            ("role", .string(segment.role.rawValue)),
            ("start", .string(segment.memory.start.description)),
            ("memorySize", .number(segment.memory.size.rawValue)),
            ("loadedSize", .number(segment.loadedSize.rawValue)),
            ("digest", .string(rule)),
            ("sha256", segment.sha256.map { .string($0.description) } ?? .null),
            ("state", .string(segment.state.rawValue)),
        ]
        if let file { members.append(("file", .string(file))) }
        return .object(members)
    }

    private var digest: JSONValue {
        var expected: JSONValue = .null
        var computed: JSONValue = .null
        if case .compared(let value, let found) = inspection.digest {
            (expected, computed) = (.string(value.description), .string(found.description))
        }
        let covered = inspection.segments.filter { $0.digestRule == .included }.reduce(UInt64(0)) { $0 &+ $1.loadedSize.rawValue }
        return .object([
            ("algorithm", .string("sha256")), ("value", expected), ("computed", computed), ("bytes", .number(covered)),
        ])
    }

    private func value(_ header: InspectedHeader) -> JSONValue {
        .object([
            ("start", .string(header.start.description)),
            ("memory", .array(header.memory.map(value))),
            ("notes", .number(UInt64(header.notes))),
            ("room", header.room.map { .number(UInt64($0)) } ?? .null),
        ])
    }

    private func value(_ tree: InspectedTree) -> JSONValue {
        .object([
            ("start", .string(tree.start.description)), ("cpus", .strings(tree.cpus)), ("room", .number(tree.room.rawValue)),
        ])
    }

    private func value(_ finding: Finding) -> JSONValue {
        .object([
            ("id", .string(finding.id)),
            ("text", .string(finding.text)),
            ("start", finding.range.map { .string($0.start.description) } ?? .null),
            ("memorySize", finding.range.map { .number($0.size.rawValue) } ?? .null),
            ("remedy", .string(finding.remedy)),
        ])
    }
}

extension InspectedSegment {
    fileprivate var words: String {
        switch state {
        case .unchanged: "as loaded"
        case .changed: "CHANGED"
        case .rewritten: "rewritten by the kernel"
        case .empty: "nothing is loaded"
        }
    }
}

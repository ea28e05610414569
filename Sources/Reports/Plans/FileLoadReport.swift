import JSON
import LoadPlan
import PhysicalMemory
import SHA256

/// A plan of a load by kexec_file_load(2), where the kernel makes the segments. The keys are documented in swkexec(8).
public struct FileLoadReport: Report {
    public static let schemaVersion = PlanReport.schemaVersion

    let plan: FileLoadPlan

    /// A report of that plan.
    public init(_ plan: FileLoadPlan) { self.plan = plan }

    public var blocks: [TextBlock] {
        let fields =
            plan.files.map { (label: $0.role.rawValue, value: "\($0.name), \($0.contents.count) bytes") } + [
                ("flags", ([plan.flags.rawValue.hex] + plan.flags.names).joined(separator: " ")),
                ("command line", plan.commandLine.description),
            ] + plan.warnings.map { ("warning", $0) }
        return [.line("kexec_file_load, the kernel makes the segments"), .fields(fields, least: PlanReport.labelWidth)]
    }

    public var members: [JSONMember] {
        [
            ("architecture", .string(plan.architecture)),
            ("purpose", .string(plan.purpose.rawValue)),
            ("call", .string("kexec_file_load")),
            ("flags", .object([("value", .string(plan.flags.rawValue.hex)), ("names", .strings(plan.flags.names))])),
            ("commandLine", .string(plan.commandLine.description)),
            (
                "files",
                .array(
                    plan.files.map { file in
                        .object([
                            ("role", .string(file.role.rawValue)),
                            ("path", .string(file.name)),
                            ("size", .number(UInt64(file.contents.count))),
                            ("sha256", .string(SHA256.digest(of: file.contents).description)),
                        ])
                    })
            ),
            ("hotplug", .object([("requested", .bool(plan.hotplugRequested))])),
            ("warnings", .strings(plan.warnings)),
        ]
    }
}

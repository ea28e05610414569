import LoadPlan
import PhysicalMemory
import SHA256

/// A call of kexec_file_load(2) for programs. The keys are documented in swkexec(8).
enum FilePlanJSON {
    static func text(_ plan: FileLoadPlan) -> String {
        let value = JSONValue.object([
            ("schemaVersion", .number(PlanJSON.schemaVersion)),
            ("architecture", .string(plan.architecture)),
            ("purpose", .string(plan.purpose.rawValue)),
            ("call", .string("kexec_file_load")),
            (
                "flags",
                .object([
                    ("value", .string(plan.flags.rawValue.hex)),
                    ("names", .array(plan.flags.names.map { .string($0) })),
                ])
            ),
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
            ("warnings", .array(plan.warnings.map { .string($0) })),
        ])
        return value.text() + "\n"
    }
}

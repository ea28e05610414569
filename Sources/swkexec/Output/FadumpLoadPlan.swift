import SystemPackage

/// What `-p` would do on a machine with fadump, as a dry run shows it. The keys are documented in
/// swkexec(8).
struct FadumpLoadPlan {
    /// The control file that registers.
    let file: FilePath
    let isWritten: Bool
    let isHotplug: Bool
    let isHotplugReady: Bool
    let warnings: [String]

    var table: String {
        var text = "fadump, the firmware takes the dump of a panic\n\n"
        text += isWritten ? "write         1 to \(file)\n" : "write         nothing, \(file) reads 1\n"
        text +=
            "hotplug       \(isHotplugReady ? "the capture kernel describes the memory itself" : "goes stale when memory comes and goes")\n"
        for warning in warnings { text += "warning       \(warning)\n" }
        return text
    }

    var json: String {
        let write = JSONValue.object([("file", .string(file.string)), ("text", .string("1"))])
        return JSONValue.object([
            ("schemaVersion", .number(PlanJSON.schemaVersion)),
            ("purpose", .string("crash")),
            ("call", .string("fadump")),
            ("writes", .array(isWritten ? [write] : [])),
            ("hotplug", .object([("requested", .bool(isHotplug)), ("ready", .bool(isHotplugReady))])),
            ("warnings", .array(warnings.map { .string($0) })),
        ]).text() + "\n"
    }
}

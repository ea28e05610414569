import JSON
import SystemPackage

/// What `-p` would do on a machine with fadump, as a dry run shows it. The keys are documented in swkexec(8).
public struct FadumpLoadReport: Report {
    public static let schemaVersion = PlanReport.schemaVersion

    /// The control file that registers.
    let file: FilePath
    let isWritten: Bool
    let isHotplug: Bool
    let isHotplugReady: Bool
    let warnings: [String]

    /// - Parameters:
    ///   - file: the control file that registers
    ///   - isWritten: whether it would be written, and does not read 1 already
    ///   - isHotplug: whether the user asks that the dump stays right on hotplug
    ///   - isHotplugReady: whether it does
    public init(file: FilePath, isWritten: Bool, isHotplug: Bool, isHotplugReady: Bool, warnings: [String]) {
        self.file = file
        self.isWritten = isWritten
        self.isHotplug = isHotplug
        self.isHotplugReady = isHotplugReady
        self.warnings = warnings
    }

    public var blocks: [TextBlock] {
        let fields = [
            (label: "write", value: isWritten ? "1 to \(file)" : "nothing, \(file) reads 1"),
            (
                label: "hotplug",
                value: isHotplugReady ? "the capture kernel describes the memory itself" : "goes stale when memory comes and goes"
            ),
        ]
        return [
            .line("fadump, the firmware takes the dump of a panic"),
            .fields(fields + warnings.map { ("warning", $0) }, least: PlanReport.labelWidth),
        ]
    }

    public var members: [JSONMember] {
        let write = JSONValue.object([("file", .string(file.string)), ("text", .string("1"))])
        return [
            ("purpose", .string("crash")),
            ("call", .string("fadump")),
            ("writes", .array(isWritten ? [write] : [])),
            ("hotplug", .object([("requested", .bool(isHotplug)), ("ready", .bool(isHotplugReady))])),
            ("warnings", .strings(warnings)),
        ]
    }
}

import Readiness

/// Whether the machine is ready, for programs. The keys and the identifiers are documented in
/// swkexec(8); they are a promise.
enum ReadinessJSON {
    static let schemaVersion: UInt64 = 1

    static func text(_ readiness: Readiness) -> String {
        let value = JSONValue.object([
            ("schemaVersion", .number(schemaVersion)),
            ("ready", .bool(readiness.isReady)),
            ("items", .array(readiness.items.map(item))),
        ])
        return value.text() + "\n"
    }

    private static func item(_ item: ReadinessItem) -> JSONValue {
        .object([
            ("id", .string(item.id.rawValue)),
            ("state", .string(item.state.rawValue)),
            ("what", .string(item.id.what)),
            ("value", .string(item.value)),
            ("file", .string(item.file.string)),
            ("remedy", item.remedy.map { .string($0) } ?? .null),
        ])
    }
}

import ByteStorage
import Readiness

/// The answer of `swkexec check` as the Monitoring Plugins Development Guidelines have it: one line, and an exit status for its level.
struct NagiosLine {
    /// The raw value is the exit status.
    enum Level: Int32 {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3

        var word: String {
            switch self {
            case .ok: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    let level: Level
    private let what: String

    init(_ readiness: Readiness) {
        let warnings = readiness.items.filter { $0.state == .warning }
        level = !readiness.isReady ? .critical : warnings.isEmpty ? .ok : .warning
        let others = warnings.count > 1 ? " (and \(warnings.count - 1) more)" : ""
        what = level == .warning ? warnings.first.map { "\($0.id.what): \($0.value)\(others)" } ?? "" : readiness.verdict
    }

    /// Behind a vertical bar performance data would stand.
    var text: String { "SWKEXEC \(level.word): \(String(what.printable.map { $0 == "|" ? "/" : $0 }))\n" }
}

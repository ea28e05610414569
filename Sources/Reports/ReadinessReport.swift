import JSON
import Readiness

/// Whether the machine is ready for a panic: a line an item, below it what to do, and the verdict last. The keys and the
/// identifiers are documented in swkexec(8).
public struct ReadinessReport: Report {
    public static let schemaVersion: UInt64 = 1

    let readiness: Readiness

    /// A report of that answer.
    public init(_ readiness: Readiness) { self.readiness = readiness }

    /// A longer value, as errors are, moves the file of its own line only.
    private static let widestValue = 48

    public var blocks: [TextBlock] {
        let items = readiness.items
        let rows = items.enumerated().map { index, item in
            // Neighbours with the same cause have the same remedy: it stands once, below them.
            let isLast = items.dropFirst(index + 1).first?.remedy != item.remedy
            let notes = isLast ? item.remedy.map { ["-> \($0)"] } ?? [] : []
            return TextTable.Row([item.state.rawValue, item.id.what, item.value, item.file.string], notes: notes)
        }
        return [.table(TextTable([.init(), .init(), .init(width: 0...Self.widestValue), .init()], rows: rows)), .line(readiness.verdict)]
    }

    /// For a journal: a line for each thing that is not as it should be, with what to do, and the verdict.
    public var journalLines: [(state: ReadinessItem.State, text: String)] {
        let items = readiness.items.filter { $0.state == .bad || $0.state == .warning }
        let verdict = (state: readiness.isReady ? ReadinessItem.State.ok : .bad, text: readiness.verdict)
        return items.map { item in
            (item.state, "\(item.id.what): \(item.value) (\(item.file))\(item.remedy.map { "; \($0)" } ?? "")")
        } + [verdict]
    }

    public var members: [JSONMember] {
        [("ready", .bool(readiness.isReady)), ("items", .array(readiness.items.map { value(of: $0) }))]
    }

    private func value(of item: ReadinessItem) -> JSONValue {
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

import ByteStorage
import Readiness

/// Whether the machine is ready, for people: a line a fact, below it what to do, and the verdict
/// last.
enum ReadinessTable {
    /// A longer value, as errors are, moves the file of its own line only.
    private static let widestValue = 48

    static func text(_ readiness: Readiness) -> String {
        let items = readiness.items
        let stateWidth = width(items.map(\.state.rawValue))
        let whatWidth = width(items.map(\.id.what))
        let valueWidth = min(widestValue, width(items.map { $0.value.printable }))
        let indent = String(repeating: " ", count: stateWidth + 2)
        var text = ""
        for (index, item) in items.enumerated() {
            text += padded(item.state.rawValue, stateWidth) + "  " + padded(item.id.what, whatWidth) + "  "
            text += padded(item.value.printable, valueWidth) + "  \(item.file.string.printable)\n"
            // Neighbours with the same cause have the same remedy: it is told once, below them.
            guard let remedy = item.remedy, items.dropFirst(index + 1).first?.remedy != remedy else { continue }
            text += "\(indent)-> \(remedy.printable)\n"
        }
        return text + "\n\(readiness.verdict.printable)\n"
    }

    private static func width(_ cells: [String]) -> Int { cells.map(\.count).max() ?? 0 }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

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
        let valueWidth = min(widestValue, width(items.map { line($0.value) }))
        let indent = String(repeating: " ", count: stateWidth + 2)
        var text = ""
        for (index, item) in items.enumerated() {
            text += padded(item.state.rawValue, stateWidth) + "  " + padded(item.id.what, whatWidth) + "  "
            text += padded(line(item.value), valueWidth) + "  \(line(item.file.string))\n"
            // Neighbours with the same cause have the same remedy: it is told once, below them.
            guard let remedy = item.remedy, items.dropFirst(index + 1).first?.remedy != remedy else { continue }
            text += "\(indent)-> \(line(remedy))\n"
        }
        return text + "\n\(line(readiness.verdict))\n"
    }

    private static func width(_ cells: [String]) -> Int { cells.map(\.count).max() ?? 0 }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// What was found in a file may hold anything; a line stays a line.
    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || 0x7f...0x9f ~= $0.value ? "\u{fffd}" : $0 }))
    }
}

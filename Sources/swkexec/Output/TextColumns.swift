/// Text laid out in columns.
enum TextColumns {
    /// A line a pair, the second of each in one column.
    static func pairs(_ pairs: [(String, String)]) -> String {
        let width = (pairs.map(\.0.count).max() ?? 0) + 2
        return pairs.map { $0 + String(repeating: " ", count: width - $0.count) + printable($1) + "\n" }.joined()
    }

    /// Each column as wide as its widest cell, cells to the right but those of the first column and of
    /// the last.
    static func table(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == count - 1 ? cell : column == 0 ? cell + padding : padding + cell
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// What was found in a file may hold anything; a line stays a line.
    static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || 0x7f...0x9f ~= $0.value ? "\u{fffd}" : $0 }))
    }
}

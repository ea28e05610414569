import ByteStorage

/// Rows of cells, each column as wide as its widest cell and two blanks from the next.
public struct TextTable {
    /// How a column is laid out, and its title; none where all titles are empty.
    public struct Column {
        /// Where a cell shorter than its column stands.
        public enum Alignment: Sendable {
            /// Numbers stand at the right.
            case left, right
        }

        let title: String
        let alignment: Alignment
        let width: ClosedRange<Int>

        /// - Parameter width: in characters, whatever the cells have; a longer cell moves what follows in its own row only
        public init(_ title: String = "", _ alignment: Alignment = .left, width: ClosedRange<Int> = 0...Int.max) {
            self.title = title
            self.alignment = alignment
            self.width = width
        }
    }

    /// The cells of a row, and lines below it.
    public struct Row {
        let cells: [String]
        let notes: [String]

        /// - Parameters:
        ///   - cells: from the left; the row ends with the last, also where there are more columns
        ///   - notes: a line each below the row, beginning in the second column
        public init(_ cells: [String], notes: [String] = []) {
            self.cells = cells.map(\.printable)
            self.notes = notes.map(\.printable)
        }
    }

    let columns: [Column]
    let rows: [Row]

    /// Rows may have fewer cells than there are columns.
    public init(_ columns: [Column], rows: [Row]) {
        self.columns = columns
        self.rows = rows
    }

    /// The titles, where there are any, and the rows.
    public var text: String {
        let lastTitle = columns.lastIndex { !$0.title.isEmpty }
        let titles = lastTitle.map { [Row(columns[...$0].map(\.title))] } ?? []
        let widths = columns.indices.map { width(of: $0, in: titles + rows) }
        let indent = String(repeating: " ", count: (widths.first ?? 0) + Self.gap.count)
        return (titles + rows).map { row in
            line(row, widths) + row.notes.map { "\(indent)\($0)\n" }.joined()
        }.joined()
    }

    private static let gap = "  "

    private func width(of column: Int, in rows: [Row]) -> Int {
        let widest = rows.map { column < $0.cells.count ? $0.cells[column].count : 0 }.max() ?? 0
        return min(max(widest, columns[column].width.lowerBound), columns[column].width.upperBound)
    }

    private func line(_ row: Row, _ widths: [Int]) -> String {
        let cells = zip(row.cells, zip(columns, widths)).enumerated().map { index, place in
            let (cell, (column, width)) = place
            let padding = String(repeating: " ", count: max(0, width - cell.count))
            switch column.alignment {
            case .left: return index == row.cells.count - 1 ? cell : cell + padding
            case .right: return padding + cell
            }
        }
        return cells.joined(separator: Self.gap) + "\n"
    }
}

import LoadPlan
import PhysicalMemory

/// Where the segments lie, drawn to scale: the crash kernel's region, or for a reboot the range of
/// RAM that they are in; a bar, and below it what its letters are.
public enum PlanMap {
    private struct Piece {
        let letter: Character
        let name: String
        let range: PhysicalRange
    }

    private static let free: Character = "."

    /// - Parameter width: that of the terminal, in characters
    public static func text(_ plan: LoadPlan, width: Int) -> String {
        text(plan.segments.map { ($0.role, $0.memory) }, in: plan.usableMemory, width: width)
    }

    /// - Parameters:
    ///   - segments: what lies where
    ///   - regions: what is drawn
    ///   - width: that of the terminal, in characters
    static func text(_ segments: [PlacedRole], in regions: [PhysicalRange], width: Int) -> String {
        let columns = max(16, width - 2)
        return regions.map { text(segments, in: $0, columns: columns) }.joined()
    }

    typealias PlacedRole = (role: SegmentRole, memory: PhysicalRange)

    /// One range of usable memory; nothing for one that no segment is in.
    private static func text(_ all: [PlacedRole], in region: PhysicalRange, columns: Int) -> String {
        let segments = all.filter { region.contains($0.memory) }
        guard !segments.isEmpty else { return "" }
        let pieces = pieces(segments, in: region)
        let scale = ByteCount(region.size.rawValue / UInt64(columns))
        let legend = TextTable(
            [.init(), .init(), .init()],
            rows: pieces.map { .init([" \($0.letter)", $0.name, "\($0.range)  \(size($0.range.size))"]) })
        return """
            \(region), \(size(region.size)), a column is \(size(scale))
            |\(bar(pieces, in: region, columns: columns))|
            \(legend.text)
            """
    }

    /// Segments and the free space between them, in address order.
    private static func pieces(_ segments: [PlacedRole], in region: PhysicalRange) -> [Piece] {
        let taken = segments.map { Piece(letter: letter($0.role), name: $0.role.rawValue, range: $0.memory) }
        let gaps = [region].subtracting(taken.map(\.range)).map { Piece(letter: free, name: "free", range: $0) }
        return (taken + gaps).sorted { $0.range.start < $1.range.start }
    }

    private static func letter(_ role: SegmentRole) -> Character {
        switch role {
        case .kernel: "K"
        case .initrd: "I"
        case .fdt: "F"
        case .elfcorehdr: "E"
        case .bootParameters: "B"
        case .realMode: "R"
        case .setupData: "S"
        case .purgatory: "P"
        case .module: "M"
        case .backup: "L"
        }
    }

    /// Each column shows the piece that takes most of it. A segment too small for a column of its
    /// own still gets one: what is there must be seen.
    private static func bar(_ pieces: [Piece], in region: PhysicalRange, columns: Int) -> String {
        var letters = [Character](repeating: free, count: columns)
        func column(of address: PhysicalAddress) -> Int {
            let offset = Double(address.rawValue - region.start.rawValue) / Double(region.size.rawValue)
            return min(columns - 1, max(0, Int(offset * Double(columns))))
        }
        for piece in pieces where piece.letter != free {
            for i in column(of: piece.range.start)...column(of: piece.range.last) { letters[i] = piece.letter }
        }
        for piece in pieces where piece.letter != free && !letters.contains(piece.letter) {
            letters[column(of: piece.range.start)] = piece.letter
        }
        return String(letters)
    }

    /// With one decimal where a unit is not whole.
    private static func size(_ count: ByteCount) -> String {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where count.rawValue >> shift > 0 {
            let tenths = ((count.rawValue >> (shift - 10)) &* 10) >> 10
            return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(count.rawValue) bytes"
    }
}

import PhysicalMemory
import TestSupport

/// A small address space, a Bool a byte: too simple to be wrong.
let smallSpace: Int = 96

func range(_ start: Int, _ end: Int) -> PhysicalRange? {
    PhysicalRange(start: PhysicalAddress(UInt64(start)), end: PhysicalAddress(UInt64(end)))
}

/// Random ranges of the small space, which may overlap, touch and repeat.
func randomRanges(upTo count: Int, _ generator: inout SeededGenerator) -> [PhysicalRange] {
    (0..<Int.random(in: 0...count, using: &generator)).compactMap { _ in
        let start = Int.random(in: 0..<smallSpace, using: &generator)
        return range(start, min(smallSpace, start + Int.random(in: 1...20, using: &generator)))
    }
}

func bitmap(_ ranges: [PhysicalRange]) -> [Bool] {
    var map = [Bool](repeating: false, count: smallSpace)
    for range in ranges { for byte in range.start.rawValue..<range.end.rawValue { map[Int(byte)] = true } }
    return map
}

/// Merges any two ranges that share a byte until there are none, in address order.
func naivelyMerged(_ ranges: [PhysicalRange]) -> [PhysicalRange] {
    var ranges = ranges
    search: while true {
        for i in ranges.indices {
            for j in ranges.indices
            where i != j && bitmap([ranges[i]]).indices.contains(where: { bitmap([ranges[i]])[$0] && bitmap([ranges[j]])[$0] }) {
                let start = min(ranges[i].start, ranges[j].start)
                let end = max(ranges[i].end, ranges[j].end)
                let merged = PhysicalRange(start: start, end: end)
                ranges = ranges.indices.filter { $0 != i && $0 != j }.map { ranges[$0] } + [merged].compactMap { $0 }
                continue search
            }
        }
        return ranges.sorted { $0.start < $1.start }
    }
}

/// The runs of bytes that belong to one of `ranges` and satisfy the condition.
func runs(_ ranges: [PhysicalRange], where isWanted: (Int) -> Bool) -> [PhysicalRange] {
    ranges.flatMap { whole in
        var found: [PhysicalRange?] = []
        var start: Int?
        for byte in Int(whole.start.rawValue)..<Int(whole.end.rawValue) {
            if isWanted(byte) {
                start = start ?? byte
            } else if let first = start {
                found.append(range(first, byte))
                start = nil
            }
        }
        if let first = start { found.append(range(first, Int(whole.end.rawValue))) }
        return found.compactMap { $0 }
    }
}

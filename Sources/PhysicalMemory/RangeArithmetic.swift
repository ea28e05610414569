extension Sequence<PhysicalRange> {
    /// In address order. Ranges that overlap become one; ranges that merely touch stay apart, as
    /// the kernel keeps its resources apart.
    public func normalized() -> [PhysicalRange] {
        var result: [PhysicalRange] = []
        for range in sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            if let last = result.last, range.start < last.end {
                if range.end > last.end, let merged = PhysicalRange(start: last.start, end: range.end) {
                    result[result.count - 1] = merged
                }
            } else {
                result.append(range)
            }
        }
        return result
    }

    /// The same memory in address order, and ranges that touch are one, too: what is asked is whether something lies wholly in it.
    public func joined() -> [PhysicalRange] {
        var result: [PhysicalRange] = []
        for range in normalized() {
            if let last = result.last, last.end == range.start, let whole = PhysicalRange(start: last.start, end: range.end) {
                result[result.count - 1] = whole
            } else {
                result.append(range)
            }
        }
        return result
    }

    /// What belongs to these ranges and to those of `others`, in address order.
    public func intersecting(_ others: some Sequence<PhysicalRange>) -> [PhysicalRange] { subtracting(subtracting(others)) }

    /// What is left of these ranges, in address order, when every range of `others` is taken out.
    /// Linear after sorting: thirty thousand ranges less a few cost thirty thousand steps.
    public func subtracting(_ others: some Sequence<PhysicalRange>) -> [PhysicalRange] {
        let holes = others.normalized()
        var result: [PhysicalRange] = []
        var firstHole = 0
        for range in normalized() {
            while firstHole < holes.count, holes[firstHole].end <= range.start { firstHole += 1 }
            var start = range.start
            var hole = firstHole
            while hole < holes.count, holes[hole].start < range.end {
                if let piece = PhysicalRange(start: start, end: holes[hole].start) { result.append(piece) }
                start = Swift.max(start, holes[hole].end)
                hole += 1
            }
            if let rest = PhysicalRange(start: start, end: range.end) { result.append(rest) }
        }
        return result
    }

    /// The parts of these ranges that lie within `window`, in address order.
    public func clipped(to window: PhysicalRange) -> [PhysicalRange] {
        normalized().compactMap { $0.intersection(window) }
    }
}

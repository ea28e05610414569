/// Physical memory that nothing has been placed in yet. Pieces are mostly handed out from the
/// top down, so that what a kernel wants at the bottom of its region stays free longest.
public struct FreeMemory: Sendable {
    /// In address order, disjoint.
    public private(set) var ranges: [PhysicalRange]

    /// Nothing is taken of these ranges yet; they may overlap and be in any order.
    public init(_ ranges: some Sequence<PhysicalRange>) { self.ranges = ranges.normalized() }

    /// Takes the highest free piece of that size and alignment; nil when there is none.
    /// - Parameters:
    ///   - size: its size, larger than zero
    ///   - alignment: its start is a multiple of this power of two
    ///   - window: it lies wholly within this range; nil for anywhere
    public mutating func takeHighest(
        size: ByteCount, alignment: ByteCount, within window: PhysicalRange? = nil
    ) -> PhysicalRange? {
        for range in ranges.reversed() {
            guard let usable = window.map({ range.intersection($0) }) ?? range,
                let start = usable.end.retreated(by: size)?.alignedDown(to: alignment),
                start >= usable.start,
                let piece = PhysicalRange(start: start, size: size)
            else { continue }
            ranges = ranges.subtracting([piece])
            return piece
        }
        return nil
    }

    /// Takes the lowest free piece, in the same way.
    public mutating func takeLowest(
        size: ByteCount, alignment: ByteCount, within window: PhysicalRange? = nil
    ) -> PhysicalRange? {
        for range in ranges {
            guard let usable = window.map({ range.intersection($0) }) ?? range,
                let start = usable.start.alignedUp(to: alignment),
                let piece = PhysicalRange(start: start, size: size), piece.end <= usable.end
            else { continue }
            ranges = ranges.subtracting([piece])
            return piece
        }
        return nil
    }

    /// Takes exactly this piece; false, and nothing is taken, where not all of it is free.
    public mutating func take(_ piece: PhysicalRange) -> Bool {
        guard ranges.contains(where: { $0.contains(piece) }) else { return false }
        ranges = ranges.subtracting([piece])
        return true
    }

    /// The sum of what is free, which may lie in many pieces.
    public var total: ByteCount {
        ranges.reduce(.zero) { $0.adding($1.size) ?? $0 }
    }
}

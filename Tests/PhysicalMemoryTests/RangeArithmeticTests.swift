import PhysicalMemory
import TestSupport
import Testing

/// Against a map with a Bool for each byte.
@Suite struct RangeArithmeticTests {
    @Test func normalizedMergesOverlapsAndKeepsNeighboursApart() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<300 {
            let ranges = randomRanges(upTo: 10, &generator)
            #expect(ranges.normalized() == naivelyMerged(ranges), "of \(ranges)")
        }
    }

    @Test func touchingRangesStayApart() throws {
        let low = try #require(range(0, 10))
        let high = try #require(range(10, 20))
        #expect([high, low].normalized() == [low, high])
    }

    @Test func subtractionTakesOutEveryByteAndNoOther() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            let ranges = randomRanges(upTo: 6, &generator)
            let holes = randomRanges(upTo: 6, &generator)
            let taken = bitmap(holes)
            let left = ranges.subtracting(holes)
            #expect(left == runs(ranges.normalized()) { !taken[$0] }, "\(ranges) less \(holes)")
        }
    }

    @Test func clippingKeepsWhatLiesWithin() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let ranges = randomRanges(upTo: 6, &generator)
            let start = Int.random(in: 0..<smallSpace, using: &generator)
            let end = Int.random(in: start + 1...smallSpace, using: &generator)
            let window = try #require(range(start, end))
            #expect(ranges.clipped(to: window) == runs(ranges.normalized()) { (start..<end).contains($0) })
        }
    }

    @Test func pairsAgreeWithTheirBytes() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<2000 {
            let pair = randomRanges(upTo: 2, &generator)
            guard pair.count == 2 else { continue }
            let (a, b) = (bitmap([pair[0]]), bitmap([pair[1]]))
            let shared = (0..<smallSpace).filter { a[$0] && b[$0] }
            #expect(pair[0].overlaps(pair[1]) == !shared.isEmpty)
            #expect(pair[0].contains(pair[1]) == (shared.count == b.count { $0 }))
            let intersection = pair[0].intersection(pair[1])
            #expect((intersection.map { bitmap([$0]) } ?? bitmap([])) == (0..<smallSpace).map { a[$0] && b[$0] })
            #expect(pair[0].size.rawValue == UInt64(a.count { $0 }))
            for byte in 0..<smallSpace { #expect(pair[0].contains(PhysicalAddress(UInt64(byte))) == a[byte]) }
        }
    }

    /// A machine with many ranges: what a quadratic algorithm would do here takes minutes.
    @Test(.timeLimit(.minutes(1))) func aHundredThousandRangesAreQuick() {
        let ranges = (0..<100_000).compactMap { range($0 * 10, $0 * 10 + 8) }
        let holes = (0..<100_000).compactMap { range($0 * 10 + 2, $0 * 10 + 4) }
        let left = ranges.shuffled().subtracting(holes.shuffled())
        #expect(left.count == 200_000)
        #expect(left.allSatisfy { [2, 4].contains($0.size.rawValue) })
    }
}

import PhysicalMemory
import TestSupport
import Testing

@Suite struct FreeMemoryTests {
    /// The highest start at which a piece fits, tried byte by byte.
    private func naiveHighest(
        _ ranges: [PhysicalRange], size: Int, alignment: Int, window: Range<Int>
    ) -> Int? {
        (0..<smallSpace).last { start in
            start % alignment == 0 && window.contains(start) && start + size <= window.upperBound
                && ranges.contains { Int($0.start.rawValue) <= start && start + size <= Int($0.end.rawValue) }
        }
    }

    @Test func takesTheHighestPieceThatSuits() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            var free = FreeMemory(randomRanges(upTo: 6, &generator))
            while true {
                let before = free.ranges
                let size = Int.random(in: 1...12, using: &generator)
                let alignment = [1, 2, 4, 8, 16][Int.random(in: 0..<5, using: &generator)]
                let low = Int.random(in: 0..<smallSpace, using: &generator)
                let high = Int.random(in: low + 1...smallSpace, using: &generator)
                let isLimited = Bool.random(using: &generator)
                let window = isLimited ? low..<high : 0..<smallSpace
                let expected = naiveHighest(before, size: size, alignment: alignment, window: window)
                let piece = free.takeHighest(
                    size: ByteCount(size), alignment: ByteCount(alignment), within: isLimited ? range(low, high) : nil)
                #expect(piece?.start.rawValue == expected.map(UInt64.init))
                guard let piece else {
                    #expect(free.ranges == before)
                    break
                }
                #expect(piece.size.rawValue == UInt64(size))
                // Gone from what is free, and nothing else is.
                let (then, now, taken) = (bitmap(before), bitmap(free.ranges), bitmap([piece]))
                #expect(now == (0..<smallSpace).map { then[$0] && !taken[$0] })
                #expect(free.total.rawValue == UInt64(now.count { $0 }))
            }
        }
    }

    @Test func aPieceNeverSpansTwoRanges() throws {
        var free = FreeMemory([try #require(range(0, 8)), try #require(range(8, 16))])
        #expect(free.takeHighest(size: ByteCount(9), alignment: ByteCount(1)) == nil)
        #expect(free.takeHighest(size: ByteCount(8), alignment: ByteCount(1)) == range(8, 16))
    }

    @Test func nothingIsTakenForNothing() throws {
        var free = FreeMemory([try #require(range(0, 16))])
        #expect(free.takeHighest(size: .zero, alignment: .page) == nil)
        #expect(free.total.rawValue == 16)
        #expect(FreeMemory([PhysicalRange]()).total == .zero)
    }
}

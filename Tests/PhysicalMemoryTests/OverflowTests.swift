import PhysicalMemory
import TestSupport
import Testing

/// Numbers from a file may be anything. Against 128-bit arithmetic, which cannot overflow here.
@Suite struct OverflowTests {
    private static let limit = UInt128(1) << 64

    private func fits(_ value: UInt128) -> UInt64? { value < Self.limit ? UInt64(value) : nil }

    @Test func additionAndSubtraction() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let (a, b) = (generator.hostileNumber(), generator.hostileNumber())
            let sum = fits(UInt128(a) + UInt128(b))
            #expect(PhysicalAddress(a).advanced(by: ByteCount(b))?.rawValue == sum)
            #expect(ByteCount(a).adding(ByteCount(b))?.rawValue == sum)
            #expect(PhysicalAddress(a).retreated(by: ByteCount(b))?.rawValue == (a >= b ? a - b : nil))
        }
    }

    @Test func alignment() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let value = generator.hostileNumber()
            let power = UInt64(1) << UInt64.random(in: 0..<64, using: &generator)
            let alignment = ByteCount(power)
            let up = fits((UInt128(value) + UInt128(power) - 1) / UInt128(power) * UInt128(power))
            #expect(PhysicalAddress(value).alignedUp(to: alignment)?.rawValue == up)
            #expect(ByteCount(value).alignedUp(to: alignment)?.rawValue == up)
            #expect(PhysicalAddress(value).alignedDown(to: alignment).rawValue == value / power * power)
            #expect(PhysicalAddress(value).isAligned(to: alignment) == (value % power == 0))
            #expect(ByteCount(value).isAligned(to: alignment) == (value % power == 0))
        }
    }

    @Test func noAlignmentIsNoChange() {
        #expect(PhysicalAddress(12345).alignedUp(to: .zero)?.rawValue == 12345)
        #expect(PhysicalAddress(12345).alignedDown(to: .zero).rawValue == 12345)
        #expect(PhysicalAddress(12345).isAligned(to: .zero))
    }

    @Test func rangesAreNeverEmptyAndNeverWrap() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let (a, b) = (generator.hostileNumber(), generator.hostileNumber())
            let byEnd = PhysicalRange(start: PhysicalAddress(a), end: PhysicalAddress(b))
            #expect((byEnd != nil) == (a < b))
            let bySize = PhysicalRange(start: PhysicalAddress(a), size: ByteCount(b))
            #expect((bySize != nil) == (b > 0 && UInt128(a) + UInt128(b) < Self.limit))
            let byLast = PhysicalRange(start: PhysicalAddress(a), last: PhysicalAddress(b))
            #expect((byLast != nil) == (a <= b && b < .max))
            for range in [byEnd, bySize, byLast].compactMap({ $0 }) {
                #expect(range.start < range.end)
                #expect(UInt128(range.start.rawValue) + UInt128(range.size.rawValue) == UInt128(range.end.rawValue))
                #expect(range.last.rawValue == range.end.rawValue - 1)
            }
        }
    }

    @Test func arithmeticOnWholeSpaceDoesNotTrap() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<2000 {
            let ranges = (0..<6).compactMap { _ in
                PhysicalRange(start: PhysicalAddress(generator.hostileNumber()), end: PhysicalAddress(generator.hostileNumber()))
            }
            let holes = (0..<6).compactMap { _ in
                PhysicalRange(start: PhysicalAddress(generator.hostileNumber()), end: PhysicalAddress(generator.hostileNumber()))
            }
            let left = ranges.subtracting(holes)
            for piece in left {
                #expect(!holes.contains { $0.overlaps(piece) })
                #expect(ranges.normalized().contains { $0.contains(piece) })
            }
            var free = FreeMemory(ranges)
            let size = ByteCount(generator.hostileNumber())
            let alignment = ByteCount(UInt64(1) << UInt64.random(in: 0..<64, using: &generator))
            if let piece = free.takeHighest(size: size, alignment: alignment) {
                #expect(piece.size == size && piece.start.isAligned(to: alignment))
                #expect(ranges.normalized().contains { $0.contains(piece) })
            }
        }
    }

    @Test func countsFromSignedNumbersAreNeverNegative() {
        #expect(ByteCount(-1).rawValue == 0)
        #expect(ByteCount(Int.min).rawValue == 0)
        #expect(ByteCount(Int.max).rawValue == UInt64(Int.max))
        #expect(ByteCount.mebibytes(.max).rawValue == UInt64(UInt32.max) * 1_048_576)
        #expect(ByteCount.kibibytes(.max).rawValue == UInt64(UInt32.max) * 1024)
    }
}

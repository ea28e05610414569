import PhysicalMemory
import TestSupport
import Testing

@testable import LoadPlan

@Suite struct PlacementTests {
    private func range(_ start: UInt64, _ end: UInt64) -> PhysicalRange? {
        PhysicalRange(start: PhysicalAddress(start), end: PhysicalAddress(end))
    }

    /// Each wish, tried page by page from the top, on a map of pages.
    @Test func theHighestPlaceInTheOrderOfTheWishes() throws {
        var generator = SeededGenerator(seed: 1)
        let roles: [SegmentRole] = [.elfcorehdr, .purgatory, .bootParameters, .kernel, .initrd, .setupData]
        let region = try #require(range(0x10_0000, 0x14_0000))  // 64 pages
        for _ in 0..<1000 {
            var taken = [Bool](repeating: false, count: 64)
            var expected: [SegmentRole: PhysicalRange] = [:]
            var wishes: [PlacementRequest] = []
            var firstFailure: SegmentRole?
            for role in roles {
                let pages = Int.random(in: 1...14, using: &generator)
                let alignment = 1 << Int.random(in: 0...4, using: &generator)
                let low = Int.random(in: 0..<40, using: &generator)
                let window = Bool.random(using: &generator) ? low..<Int.random(in: low + 1...64, using: &generator) : 0..<64
                wishes.append(
                    PlacementRequest(
                        role: role, size: ByteCount(pages * 4096), alignment: ByteCount(alignment * 4096),
                        within: window == 0..<64
                            ? nil : range(0x10_0000 + UInt64(window.lowerBound) << 12, 0x10_0000 + UInt64(window.upperBound) << 12)))
                guard firstFailure == nil else { continue }
                // The region's start is a multiple of every alignment here.
                let start = (0..<64).last { start in
                    start % alignment == 0 && start >= window.lowerBound && start + pages <= window.upperBound
                        && !taken[start..<start + pages].contains(true)
                }
                guard let start else {
                    firstFailure = role
                    continue
                }
                for page in start..<start + pages { taken[page] = true }
                expected[role] = range(0x10_0000 + UInt64(start) << 12, 0x10_0000 + UInt64(start + pages) << 12)
            }
            if let firstFailure {
                let error = #expect(throws: PlanError.self) { try Placement.place(wishes, in: [region], limitedTo: nil) }
                guard case .doesNotFit(let shortage)? = error else { continue }
                #expect(shortage.role == firstFailure)
            } else {
                #expect(try Placement.place(wishes, in: [region], limitedTo: nil) == expected)
            }
        }
    }
}

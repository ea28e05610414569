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
            var wishes: [PlacementWish] = []
            var firstFailure: SegmentRole?
            for role in roles {
                let pages = Int.random(in: 1...14, using: &generator)
                let alignment = 1 << Int.random(in: 0...4, using: &generator)
                let low = Int.random(in: 0..<40, using: &generator)
                let window = Bool.random(using: &generator) ? low..<Int.random(in: low + 1...64, using: &generator) : 0..<64
                wishes.append(
                    PlacementWish(
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

    /// The size that the error names is enough, and one MiB less is not.
    @Test(arguments: [1, 8, 40, 55]) func theRegionThatIsProposed(mebibytes: UInt64) throws {
        let request = try capturedRequest()
        func machine(_ size: UInt64) -> SyntheticSysroot {
            .withCrashRegion(0x4000_0000, 0x4000_0000 + (size << 20) - 1, ram: 0xffff_ffff)
        }
        let error = #expect(throws: PlanError.self) { try plan(request, on: machine(mebibytes)) }
        guard case .doesNotFit(let shortage)? = error, case .largerRegion(let size) = shortage.remedy else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        let proposed = size.rawValue >> 20
        #expect(size.rawValue == proposed << 20 && proposed > mebibytes)
        #expect(shortage.description.contains("crashkernel=\(proposed)M"))
        #expect(throws: Never.self) { try plan(request, on: machine(proposed)) }
        #expect(throws: PlanError.self) { try plan(request, on: machine(proposed - 1)) }
    }

    @Test func theUsersLimitsAreInTheWay() throws {
        for (low, high) in [(0x7000_0000, 0x7000_4000), (0x1000, 0x2000), (0x6e00_0000, 0x6e80_0000)] as [(UInt64, UInt64)] {
            var request = try capturedRequest()
            request.memoryWindow = range(low, high)
            let error = #expect(throws: PlanError.self) { try plan(request, on: SyntheticSysroot()) }
            guard case .doesNotFit(let shortage)? = error else {
                Issue.record("\(error.map { "\($0)" } ?? "no error")")
                continue
            }
            #expect(shortage.remedy == .widerLimits)
            #expect(shortage.description.contains("--mem-min"))
        }
    }

    @Test func nothingIsPlacedOutsideTheUsersLimits() throws {
        var request = try smallRequest()
        request.memoryWindow = range(0x7000_0000, 0x7080_0000)
        let plan = try plan(request, on: SyntheticSysroot())
        #expect(plan.segments.allSatisfy { request.memoryWindow?.contains($0.memory) == true })
    }

    /// A kernel without bit 1 of xloadflags must not be above 4 GiB, nor anything it reads.
    @Test func kernelsThatMustStayBelow4GiB() throws {
        var image = SyntheticBzImage.small()
        image.xloadflags = 0x11
        let high = SyntheticSysroot.withCrashRegion(0x1_4000_0000, 0x1_4fff_ffff, ram: 0x1_ffff_ffff)
        let error = #expect(throws: PlanError.self) { try plan(smallRequest(image), on: high) }
        guard case .doesNotFit(let shortage)? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        // A larger region would not help.
        #expect(!shortage.description.contains("crashkernel="), "\(shortage)")
        #expect(throws: Never.self) { try plan(smallRequest(image), on: SyntheticSysroot()) }
    }

    /// A region across 4 GiB: everything goes into its lower part.
    @Test func aRegionAcross4GiB() throws {
        let machine = SyntheticSysroot.withCrashRegion(0xf000_0000, 0x1_0fff_ffff, ram: 0x1_ffff_ffff)
        var image = SyntheticBzImage.small()
        image.initrdAddrMax = 0xf7ff_ffff
        #expect(try plan(smallRequest(image), on: machine).segments.allSatisfy { $0.memory.start.rawValue >= 1 << 32 })
        image.xloadflags = 0x11
        let below = try plan(smallRequest(image), on: machine)
        #expect(below.segments.allSatisfy { $0.memory.end.rawValue <= 1 << 32 })
        // initrd_addr_max is the highest address of the initrd's last byte.
        let lastOfInitrd = try #require(below.segment(.initrd)).memory.last.rawValue
        #expect(lastOfInitrd <= 0xf7ff_ffff && lastOfInitrd > 0xf7ff_ffff - 4096)
        image.initrdAddrMax = 0
        #expect(throws: PlanError.self) { try plan(smallRequest(image), on: machine) }
    }

    @Test func alignmentOfTheKernel() throws {
        for shift in [12, 21, 24, 26] as [UInt32] {
            var image = SyntheticBzImage.small()
            image.kernelAlignment = 1 << shift
            #expect(try plan(smallRequest(image), on: SyntheticSysroot()).start(.kernel) % (1 << UInt64(shift)) == 0)
        }
        var image = SyntheticBzImage.small()
        image.kernelAlignment = 1 << 31
        #expect(throws: PlanError.self) { try plan(smallRequest(image), on: SyntheticSysroot()) }
    }
}

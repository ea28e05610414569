import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// Where the segments of a Linux load lie, and what is said where they find no place.
@Suite struct PlacesTests {
    private func range(_ start: UInt64, _ end: UInt64) -> PhysicalRange? {
        PhysicalRange(start: PhysicalAddress(start), end: PhysicalAddress(end))
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

import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing
import X86_64

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

    /// The same where the region begins below the kernel's pref_address, which a larger one only moves the end of.
    @Test func theRegionThatIsProposedBelowTheKernelsPlace() throws {
        let request = try capturedRequest()
        func machine(_ mebibytes: UInt64) -> SyntheticSysroot {
            var machine = SyntheticSysroot.withCrashRegion(0x80_0000, 0x80_0000 + (mebibytes << 20) - 1, ram: 0xffff_ffff)
            machine.iomem[1] = .init(0x4000_0000, 0x40ff_ffff, "Kernel code", level: 1)
            machine.iomem.swapAt(1, 2)
            machine.core?[1].physicalAddress = 0x4000_0000
            return machine
        }
        let error = #expect(throws: PlanError.self) { try plan(request, on: machine(58)) }
        guard case .doesNotFit(let shortage)? = error, case .largerRegion(let size) = shortage.remedy else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(shortage.lowest?.rawValue == 0x100_0000)
        #expect(throws: Never.self) { try plan(request, on: machine(size.rawValue >> 20)) }
        #expect(throws: PlanError.self) { try plan(request, on: machine((size.rawValue >> 20) - 1)) }
    }

    /// In no mode of entry, and least of all where this kernel goes on and everything below is somebody's.
    @Test(arguments: [KernelEntry.bits64, .bits32, .realMode, nil]) func noKernelBelowItsPreferredAddress(_ entry: KernelEntry?) throws {
        var options = X86_64.Options()
        options.entry = entry
        func start(_ preferred: UInt64, alignment: UInt32 = 0x20_0000, keepsContext: Bool = false) throws -> UInt64 {
            var image = SyntheticBzImage.small()
            image.prefAddress = preferred
            image.kernelAlignment = alignment
            var request = try smallRequest(image)
            request.purpose = .reboot
            request.preservesContext = keepsContext
            request.memoryWindow = range(0x1000, 0x220_0000)
            let machine = try SyntheticSysroot().write()
            return try Planner.plan(request, on: HostState.read(SystemRoot(machine.path)), for: X86_64(options)).start(.kernel)
        }
        #expect(try start(0x200_0000) >= 0x200_0000)
        // From an address that is no multiple it would move on to the next one.
        #expect(try start(0x1f0_0000) == 0x200_0000)
        #expect(throws: PlanError.self) { try start(0x220_0000) }
        #expect(throws: PlanError.self) { try start(0x210_0000, alignment: 0x100_0000) }
        #expect(throws: PlanError.self) { try start(1 << 60) }
        guard entry != .realMode else { return }
        #expect(throws: PlanError.self) { try start(0x220_0000, keepsContext: true) }
        #expect(try start(0x200_0000, keepsContext: true) == 0x200_0000)
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

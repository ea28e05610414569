import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

@Suite(.enabled(if: Tool.sha256sum.isAvailable, "no sha256sum here"))
struct DigestTests {
    @Test(arguments: Fixture.allCases, [true, false])
    func isSha256sumOverTheIncludedSegments(_ fixture: Fixture, hotplug: Bool) throws {
        let plan = try plan(capturedRequest(hotplug: hotplug), on: fixture.sysroot)
        let digest = try #require(plan.digest)
        #expect(plan.segments.map(\.memory.start) == plan.segments.map(\.memory.start).sorted())
        let included = plan.segments.filter { $0.digestRule == .included }
        let message = included.flatMap { array($0.contents) }
        #expect(digest.value.description == (try Tool.sha256(of: message)))
        #expect(digest.coveredBytes == UInt64(message.count))

        // What the kernel may rewrite, and purgatory itself, are left out, and nothing else.
        let excluded = Set(SegmentRole.allCases).subtracting(included.map(\.role))
        #expect(excluded.isSuperset(of: [.purgatory, .fdt, .backup]))
        #expect(excluded.contains(.elfcorehdr) == hotplug)
        #expect(
            Set(included.map(\.role)) == Set([.kernel, .initrd, .bootParameters, .setupData] + (hotplug ? [] : [SegmentRole.elfcorehdr])))
        #expect(plan.segment(.purgatory)?.digestRule == .excluded(because: .purgatory))
        #expect(plan.hotplugSegments.map(\.role) == (hotplug ? [.elfcorehdr] : []))
    }

    /// Purgatory holds the digest and the regions, with the loaded sizes, in address order.
    @Test(arguments: [true, false]) func purgatoryIsToldOfIt(hotplug: Bool) throws {
        let plan = try plan(capturedRequest(hotplug: hotplug), on: Fixture.bios.sysroot)
        let purgatory = try plan.bytes(.purgatory)
        let digest = try #require(plan.digest)
        #expect(purgatory.places(of: digest.value.bytes).count == 1)
        // struct purgatory_segment: start, memory_size, loaded_size, checksum, role, check.
        func entry(_ segment: Segment) -> [UInt8] {
            var entry = [UInt8](repeating: 0, count: 24)
            entry.putLittleEndian(segment.memory.start.rawValue, at: 0, width: 8)
            entry.putLittleEndian(segment.memory.size.rawValue, at: 8, width: 8)
            entry.putLittleEndian(UInt64(segment.contents.count), at: 16, width: 8)
            return entry
        }
        let first = try #require(plan.segments.first)
        try #require(purgatory.places(of: entry(first)).count == 1)
        let table = purgatory.places(of: entry(first))[0]
        for (index, segment) in plan.segments.enumerated() {
            let base = table + 40 * index
            #expect(Array(purgatory[base..<base + 24]) == entry(segment))
            let check: UInt64 =
                switch (segment.digestRule, segment.role) {
                case (.included, _): 1
                case (_, .elfcorehdr): 2
                default: 0
                }
            #expect(purgatory.littleEndian(at: base + 36, width: 4) == check, "\(segment.role)")
        }
        let end = table + 40 * plan.segments.count
        #expect(purgatory[end..<table + 40 * 16].allSatisfy { $0 == 0 })
    }

    /// Where to go afterwards, with and without a check.
    @Test(arguments: [true, false]) func purgatoryKnowsTheKernel(checks: Bool) throws {
        var request = try smallRequest()
        request.checksDigest = checks
        let plan = try plan(request, on: SyntheticSysroot())
        #expect((plan.digest != nil) == checks)
        let purgatory = try plan.bytes(.purgatory)
        for value in [try plan.start(.kernel) + 0x200, try plan.start(.bootParameters)] {
            var bytes = [UInt8](repeating: 0, count: 8)
            bytes.putLittleEndian(value, at: 0, width: 8)
            #expect(!purgatory.places(of: bytes).isEmpty)
        }
        let memory = try #require(plan.segment(.purgatory)).memory
        #expect(memory.contains(plan.entry))
        #expect(UInt64(purgatory.count) <= memory.size.rawValue)
    }

    /// A plan is a function of its inputs; the seed is one of them.
    @Test func theSameInputsTheSamePlan() throws {
        let first = try plan(smallRequest(hotplug: true), on: Fixture.efi.sysroot)
        let second = try plan(smallRequest(hotplug: true), on: Fixture.efi.sysroot)
        #expect(first.digest == second.digest)
        #expect(first.segments.map { array($0.contents) } == second.segments.map { array($0.contents) })
        var request = try smallRequest(hotplug: true)
        request.rngSeed[0] ^= 1
        #expect(try plan(request, on: Fixture.efi.sysroot).digest != first.digest)
    }
}

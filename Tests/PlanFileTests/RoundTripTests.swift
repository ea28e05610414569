import ByteStorage
import HostState
import LoadPlan
import PhysicalMemory
import PlanFile
import TestSupport
import Testing

/// What is written is read back, and is no larger than it may be.
struct RoundTripTests {
    private static let samples: [SamplePlan] = [
        SamplePlan(),
        SamplePlan(isHotplug: false),
        SamplePlan(purpose: .reboot, isHotplug: false, checksDigest: false, commandLine: ""),
        SamplePlan(architecture: "ppc64le", machine: 21),
        SamplePlan(architecture: "aarch64", machine: 183, isHotplug: false),
    ]

    @Test(arguments: samples.indices)
    func everythingComesBack(_ index: Int) throws {
        let before = try Self.samples[index].planFile()
        let after = try PlanFile(Bytes(try Self.samples[index].bytes()))
        #expect(after.preconditions == before.preconditions)
        let (a, b) = (after.plan, before.plan)
        #expect(a.architecture == b.architecture)
        #expect(a.purpose == b.purpose)
        #expect(a.entry == b.entry)
        #expect(a.flags == b.flags)
        #expect(a.olderFlags == b.olderFlags)
        #expect(a.digest == b.digest)
        #expect(a.commandLine == b.commandLine)
        #expect(a.hotplugRequested == b.hotplugRequested)
        #expect(a.usableMemory == b.usableMemory)
        #expect(a.segments.map(\.role) == b.segments.map(\.role))
        #expect(a.segments.map(\.memory) == b.segments.map(\.memory))
        #expect(a.segments.map(\.digestRule) == b.segments.map(\.digestRule))
        #expect(a.segments.map { array($0.contents) } == b.segments.map { array($0.contents) })
    }

    /// The most segments, and as much text as fits.
    @Test func theLargestHeadFits() throws {
        var sample = SamplePlan(isHotplug: false)
        sample.segments = (0..<16).map { (.kernel, 0x7000_0000 + $0 * 0x10_0000, 1, 1) }
        sample.segments[3] = (.purgatory, 0x7200_0000, 1, 1)
        sample.segments.sort { $0.1 < $1.1 }
        sample.commandLine = ""
        let room = 65_536 - (try sample.bytes().count - 16)
        sample.commandLine = String(repeating: "x", count: room)
        let bytes = try sample.bytes()
        #expect(bytes.count == 65_536 + 16)
        #expect(refusal(of: bytes) == nil)
        sample.commandLine += "x"
        #expect(throws: PlanFileError.headTooLarge(65_537)) { try sample.bytes() }
    }

    @Test func aFactThatCannotBeCheckedIsNotWritten() {
        var sample = SamplePlan()
        sample.facts.append(Precondition(.equals, subject: "password", path: "etc/shadow", expected: [1]))
        #expect(throws: PlanFileError.unwritablePrecondition("etc/shadow", "path is none in proc/ or sys/")) { try sample.bytes() }
    }

    /// Memory that no segment lies in is not kept: a machine may have thousands of ranges.
    @Test func onlyOccupiedRegionsAreKept() throws {
        let plan = try SamplePlan().planFile().plan
        let empty = try #require(PhysicalRange(start: PhysicalAddress(0x1000), size: .mebibytes(1)))
        let wider = LoadPlan(
            architecture: plan.architecture, purpose: plan.purpose, entry: plan.entry, segments: plan.segments, flags: plan.flags,
            olderFlags: plan.olderFlags, digest: plan.digest, commandLine: plan.commandLine,
            hotplugRequested: plan.hotplugRequested, usableMemory: [empty] + plan.usableMemory, warnings: ["not kept"])
        let contents = try PlanFile(wider, preconditions: [impossibleBoot]).contents().flatMap(array)
        let read = try PlanFile(Bytes(contents)).plan
        #expect(read.usableMemory == plan.usableMemory)
        #expect(read.warnings.isEmpty)
    }
}

import HostState
import LoadPlan
import RecordedCalls
import TestSupport
import Testing

/// `swkexec snapshot` on one machine, a plan on another: it is the plan of the first.
@Suite struct SnapshotTests {
    @Test(arguments: Fixture.allCases, [true, false]) func samePlan(_ fixture: Fixture, hotplug: Bool) throws {
        let folder = try TemporaryFolder()
        try Snapshot.write(from: SystemRoot(fixture.sysroot), to: folder.path)
        let here = try plan(smallRequest(hotplug: hotplug), on: fixture.sysroot)
        let there = try plan(smallRequest(hotplug: hotplug), on: folder.path)
        #expect(here.digest == there.digest)
        #expect(here.entry == there.entry)
        #expect(here.flags == there.flags)
        #expect(here.warnings == there.warnings)
        #expect(here.segments.map(\.role) == there.segments.map(\.role))
        for (one, other) in zip(here.segments, there.segments) {
            #expect(one.memory == other.memory)
            #expect(firstDifference(array(one.contents), array(other.contents)) == nil, "\(one.role)")
        }
    }
}

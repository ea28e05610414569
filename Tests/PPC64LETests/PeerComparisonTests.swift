import HostState
import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// Against what kexec-tools 2.0.32 handed to kexec_load(2) on the same machine, and what the capture
/// kernel saw.
@Suite struct PeerComparisonTests {
    private let peer = Result { try RecordedMachine.ppc64le.peer("hotplug") }

    @Test func flagsAndRegion() throws {
        let peer = try peer.get()
        #expect(try Pseries.plan(Pseries.request(hotplug: true)).flags.rawValue == peer.flags)
        let plan = try Pseries.plan(Pseries.request())
        #expect(plan.flags.rawValue == peer.flags & ~8)
        #expect(plan.olderFlags == nil)
        // The kernel at the region's start, everything within it, nothing over RTAS.
        #expect(plan.segment(.kernel)?.memory.start.rawValue == peer.segment("kernel")?.start)
        for segment in plan.segments {
            #expect(Pseries.region?.contains(segment.memory) == true)
            #expect(Pseries.rtas.map { !segment.memory.overlaps($0) } == true)
        }
        #expect(Set(plan.segments.map(\.role.rawValue)) == Set(peer.segments.map(\.role)))
    }

    /// The room that sysfs names, and 64 KiB for low memory, in which the peer has as many zeros.
    @Test func sizes() throws {
        let peer = try peer.get()
        let plan = try Pseries.plan(Pseries.request(hotplug: true))
        let elfcorehdr = try #require(plan.segment(.elfcorehdr)?.memory.size.rawValue)
        #expect(elfcorehdr >= (peer.segment("elfcorehdr")?.memorySize ?? .max))
        #expect(plan.segment(.backup)?.memory.size.rawValue == peer.segment("backup")?.memorySize)
    }

    /// The same notes and the same memory, in address order, but RTAS as long as it is, not rounded
    /// up to a page: as the kernel itself writes it after an event.
    @Test func elfcorehdr() throws {
        let peerBytes = try #require(try peer.get().elfcorehdr)
        let theirs = try #require(CoreProgramHeader.table(of: peerBytes))
        let plan = try Pseries.plan(Pseries.request(hotplug: true))
        let ours = try #require(CoreProgramHeader.table(of: plan.bytes(.elfcorehdr)))
        #expect(ours.filter { $0.type == 4 } == theirs.filter { $0.type == 4 })

        let backup = try plan.start(.backup)
        let expected = theirs.filter { $0.type == 1 }.sorted { $0.physicalAddress < $1.physicalAddress }.map { load in
            var load = load
            if load.physicalAddress == 0 { load.offset = backup }
            if load.physicalAddress == 0x2fff_f000 { (load.fileSize, load.memorySize) = (0x83c, 0x83c) }
            return load
        }
        #expect(ours.filter { $0.type == 1 } == expected)
        #expect(expected.count == 4)
    }

    /// What the capture kernel showed after the kernel had rewritten the header for 1 GiB more.
    @Test func whatTheKernelWritesAfterAnEvent() throws {
        let capture = try #require(CoreProgramHeader.table(of: RecordedMachine.ppc64le.bytes("capture-kernel/vmcore-head.bin")))
        let plan = try Pseries.plan(Pseries.request(hotplug: true))
        let ours = try #require(CoreProgramHeader.table(of: plan.bytes(.elfcorehdr))).filter { $0.type == 1 }
        func places(_ headers: [CoreProgramHeader]) -> [[UInt64]] {
            headers.filter { $0.type == 1 }.map { [$0.physicalAddress, $0.virtualAddress, $0.fileSize, $0.memorySize] }
        }
        var expected = places(capture)
        let last = try #require(expected.last)
        #expect(last[2] == 0x9000_0000)
        expected[expected.count - 1][2] -= 0x4000_0000
        expected[expected.count - 1][3] -= 0x4000_0000
        #expect(places(ours) == expected)
    }
}

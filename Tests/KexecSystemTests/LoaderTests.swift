import HostState
import KexecSystem
import LoadPlan
import PhysicalMemory
import RecordedCalls
import SystemPackage
import Testing

/// What is handed to kexec_load(2), and what is made of its answers. The numbers are those of
/// include/uapi/linux/kexec.h.
struct LoaderTests {
    private static let crash = KexecFlags(rawValue: 0x3e_0001)
    private static let hotplug = KexecFlags(rawValue: 0x3e_0009)
    private static let older = KexecFlags(rawValue: 0x3e_0005)

    private func loader(_ recorder: RecordingSystemCalls, root: FilePath = "/nonexistent") -> KexecLoader {
        KexecLoader(recorder, root: SystemRoot(root))
    }

    @Test func segmentsGoToTheKernelAsPlanned() throws {
        let recorder = RecordingSystemCalls()
        try loader(recorder).load(try planOfTwoSegments(flags: Self.crash))
        #expect(recorder.calls.count == 1)
        let call = try required(recorder.calls.first)
        #expect(call.entry == 0x7100_0000)
        #expect(call.flags == Self.crash)
        #expect(call.segments.map(\.memory) == [0x7000_0000, 0x7100_0000])
        #expect(call.segments.map(\.memorySize) == [0x3000, 0x1000])
        #expect(call.segments.map { $0.contents.withSpan { span in (0..<span.count).map { span[$0] } } } == [[1, 2, 3, 4, 5], [6, 7]])
    }

    @Test func theOlderFlagIsTriedOnlyAfterEINVAL() throws {
        let recorder = RecordingSystemCalls(answers: [.invalidArgument])
        let taken = try loader(recorder).load(try planOfTwoSegments(flags: Self.hotplug, olderFlags: Self.older))
        #expect(taken == Self.older)
        #expect(recorder.calls.map(\.flags) == [Self.hotplug, Self.older])
    }

    @Test func withoutAnOlderFlagEINVALIsTheEnd() throws {
        let recorder = RecordingSystemCalls(answers: [.invalidArgument])
        let plan = try planOfTwoSegments(flags: Self.hotplug)
        let error = #expect(throws: KexecError.self) { try loader(recorder).load(plan) }
        #expect(error?.errno == .invalidArgument)
        #expect(recorder.calls.count == 1)
    }

    @Test(arguments: [Errno.notPermitted, .resourceBusy, .addressNotAvailable, .noMemory, .noFunction])
    func noOtherErrnoIsWorkedAround(_ errno: Errno) throws {
        let recorder = RecordingSystemCalls(answers: [errno])
        let plan = try planOfTwoSegments(flags: Self.hotplug, olderFlags: Self.older)
        let error = #expect(throws: KexecError.self) { try loader(recorder).load(plan) }
        #expect(error?.errno == errno)
        #expect(recorder.calls.map(\.flags) == [Self.hotplug])
    }

    @Test(arguments: [(true, UInt64(0x3e_0001)), (false, 0x3e_0000)])
    func unloadingSendsNoSegments(_ crash: Bool, _ flags: UInt64) throws {
        let recorder = RecordingSystemCalls()
        try loader(recorder).unload(crash: crash, machine: 62)
        let call = try required(recorder.calls.first)
        #expect(recorder.calls.count == 1)
        #expect(call.segments.isEmpty)
        #expect(call.entry == 0)
        #expect(call.flags.rawValue == flags)
    }

    @Test func theMessageNamesTheCallAndTheAnswer() throws {
        let recorder = RecordingSystemCalls(answers: [.resourceBusy])
        let plan = try planOfTwoSegments(flags: Self.crash)
        let error = #expect(throws: KexecError.self) { try loader(recorder).load(plan) }
        let text = error?.description ?? ""
        for part in ["kexec_load(", "0x71000000", "2 segments", "0x3e0001", "another kexec load is under way"] {
            #expect(text.contains(part), "\(text)")
        }
        #expect(!text.contains("\n"))
    }
}

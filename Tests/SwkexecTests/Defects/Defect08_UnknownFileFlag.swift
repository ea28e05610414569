import SystemPackage
import TestSupport
import Testing

/// kexec-tools: a flag that the kernel does not know is answered by EINVAL, which its automatic choice
/// takes for "not this kind of image": a kernel that was rejected, or never looked at, is loaded
/// unsigned by the other call, in silence.
@Suite("Defect 8: EINVAL for an unknown flag")
struct Defect08_UnknownFileFlag {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func run(_ options: [String], answers: [Errno?]) throws -> RecordedCommand.Outcome {
        RecordedCommand.run(options + ["-l", bench.kernel], root: Fixture.bios.sysroot, answers: answers)
    }

    @Test(arguments: ["--no-cma", "--force-dtb"]) func aFlagThatWasAskedForStands(_ option: String) throws {
        let outcome = try run([option], answers: [.invalidArgument])
        #expect(outcome.names == ["kexec_file_load"])
        #expect(outcome.failure != nil)
    }

    /// -d alone is dropped, and the answer to the call without it counts.
    @Test(arguments: [129, 126, Errno.badMessage.rawValue, Errno.notPermitted.rawValue])
    func aRejectedSignatureBehindTheDebugFlagStands(_ rejection: Int32) throws {
        let outcome = try run(["-d"], answers: [.invalidArgument, Errno(rawValue: rejection)])
        #expect(outcome.names == ["kexec_file_load", "kexec_file_load"])
        #expect(outcome.fileLoads.map { $0.flags.contains(.debug) } == [true, false])
        #expect(outcome.failure != nil)
    }
}

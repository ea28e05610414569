import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// kexec-tools: when the digest does not fit, its purgatory says nothing (without --console-serial) and
/// loops for ever. In guests: corrupt-6.12, corrupt-reset-6.12, scribbled-elfcorehdr-6.12.
@Suite("Defect 13: silence after a failed check")
struct Defect13_SilentMismatch {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func purgatory(_ options: [String]) throws -> PurgatoryParameters {
        let outcome = RecordedCommand.run(["-p", "-c", bench.kernel] + options, root: Fixture.bios.sysroot)
        return try PurgatoryParameters(try #require(outcome.loads.first, "\(outcome.failure ?? "")"))
    }

    /// The port that the crash kernel itself will use, without any option.
    @Test(arguments: [
        ("console=ttyS0", UInt64(0x3f8), UInt64(0)), ("console=tty0 console=ttyS1,115200n8", 0x2f8, 1),
        ("earlyprintk=serial,0x2e8,57600", 0x2e8, 2),
    ])
    func itSpeaksOnTheConsole(_ line: String, _ port: UInt64, _ divisor: UInt64) throws {
        let parameters = try purgatory(["--append=\(line)"])
        #expect(parameters.checkEnabled == 1)
        #expect(parameters[PurgatoryX86_64.serialPort] == port)
        #expect(parameters[PurgatoryX86_64.serialDivisor] == divisor)
    }

    /// It halts the machine or resets it.
    @Test func itEnds() throws {
        #expect(try purgatory(["--append=console=ttyS0"]).onMismatch == 0)
        #expect(try purgatory(["--append=console=ttyS0", "--on-mismatch=halt"]).onMismatch == 0)
        #expect(try purgatory(["--append=console=ttyS0", "--on-mismatch=reset"]).onMismatch == 1)
    }

    /// Where it cannot be heard, the load says so.
    @Test func withoutAConsoleThereIsAWarning() throws {
        #expect(try bench.run(["--append=quiet"]).output.contains("purgatory cannot report a failed check"))
    }
}

import SystemPackage
import TestSupport
import Testing

/// kexec-tools: a copy cuts the command line after 2048 bytes, and that it is too long for the kernel
/// is said with -d only.
@Suite("Defect 6: command lines that are too long")
struct Defect06_LongCommandLines {
    private func run(_ options: [String], _ line: String, answers: [Errno?] = []) throws -> RecordedCommand.Outcome {
        let bench = try Bench()
        return RecordedCommand.run(options + [bench.kernel, "--append=\(line)"], root: Fixture.bios.sysroot, answers: answers)
    }

    @Test(arguments: [2048, 4096, 100_000]) func areErrors(_ length: Int) throws {
        for options in [["-l", "-c"], ["-p", "-c"]] {
            let outcome = try run(options, String(repeating: "x", count: length))
            #expect(outcome.recorder.all.isEmpty)
            #expect(outcome.failure?.contains("which takes 2047") == true)
        }
        // The automatic choice: what the kernel's own loader refuses is not cut by the other.
        let automatic = try run(["-l"], String(repeating: "x", count: length), answers: [.invalidArgument])
        #expect(automatic.names == ["kexec_file_load"])
        #expect(automatic.failure?.contains("which takes 2047") == true)
    }

    @Test func asLongAsTheKernelTakesItIsWhole() throws {
        let line = String(repeating: "x", count: 2040) + " y=last"
        let call = try #require(run(["-l", "-c"], line).loads.first)
        let text = Array(line.utf8) + [0]
        #expect(
            call.segments.contains {
                $0.contents.withSpan { span in
                    span.count > 4096 && (4096..<span.count).map { span[$0] } == text
                }
            })
    }

    /// A kernel that says it takes more is given more: the limit is its own.
    @Test func theLimitIsTheKernels() throws {
        let bench = try Bench()
        var image = SyntheticBzImage.small()
        image.cmdlineSize = 4095
        let path = try bench.folder.write(image.bytes, to: "longer").string
        let line = "--append=\(String(repeating: "x", count: 4095))"
        #expect(RecordedCommand.run(["-l", "-c", path, line], root: Fixture.bios.sysroot).failure == nil)
        #expect(RecordedCommand.run(["-l", "-c", path, line + "x"], root: Fixture.bios.sysroot).failure?.contains("takes 4095") == true)
    }
}

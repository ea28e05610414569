import SystemPackage
import TestSupport
import Testing

/// kexec-tools: its automatic choice ends at an ELF vmlinux on x86_64 ("Invalid memory segment")
/// instead of going on to kexec_load. In a guest: vmlinux-6.12.
@Suite("Defect 1: the automatic choice and an ELF vmlinux")
struct Defect01_AutoModeOnVmlinux {
    /// The kernel's own loader answers ENOEXEC, that of some versions EINVAL.
    @Test(arguments: [["-l"], ["-a", "-l"], ["-d", "-l"]], [Errno.execFormatError, .invalidArgument])
    func goesOnToKexecLoad(_ options: [String], _ answer: Errno) throws {
        let folder = try TemporaryFolder()
        let image = SyntheticELFKernel.small()
        let path = try folder.write(image.bytes, to: "vmlinux").string
        // With -d, EINVAL is first taken for an answer to the debug flag.
        let answers = Array(repeating: answer, count: options.contains("-d") && answer == .invalidArgument ? 2 : 1)
        let outcome = RecordedCommand.run(options + [path, "--append=quiet"], root: Fixture.bios.sysroot, answers: answers)
        #expect(outcome.failure == nil)
        #expect(outcome.names == answers.map { _ in "kexec_file_load" } + ["kexec_load"])
        let call = try #require(outcome.loads.first)
        for load in image.loads {
            #expect(call.segments.contains { $0.memory == load.physical && $0.contents.count == load.contents.count })
        }
    }
}

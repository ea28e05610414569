import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// In a confidential guest purgatory's CPUID and port I/O raise exceptions that nobody handles between
/// two kernels: kexec_load is refused, and kexec_file_load, whose purgatory is the kernel's own, is not.
struct ConfidentialGuestTests {
    private let bench: Bench
    private static let guests = [("tdx_guest", "Intel TDX"), ("sev_es", "AMD SEV-ES"), ("sev_snp", "AMD SEV-SNP")]

    init() throws { bench = try Bench() }

    private func machine(_ flag: String) throws -> TemporaryFolder {
        let machine = try Fixture.bios.copy()
        try machine.write("processor\t: 0\nflags\t\t: fpu hypervisor \(flag) lm\n", to: "proc/cpuinfo")
        return machine
    }

    private func run(_ options: [String], _ flag: String, answers: [Errno?] = []) throws -> RecordedCommand.Outcome {
        let machine = try machine(flag)
        return RecordedCommand.run(options + [bench.kernel, "--append=console=ttyS0"], root: machine.path, answers: answers)
    }

    @Test(arguments: guests) func kexecLoadIsRefused(_ flag: String, _ name: String) throws {
        for options in [
            ["-p", "-c"], ["-l", "-c"], ["-p", "-i"], ["-p", "--on-mismatch=reset"], ["-l", "-c", "--entry-32bit"], ["-l", "--real-mode"],
        ] {
            let outcome = try run(options, flag)
            #expect(outcome.recorder.all.isEmpty, "\(options)")
            #expect(outcome.failure?.contains("\(name) guest") == true && outcome.failure?.contains("load with -s") == true, "\(options)")
        }
    }

    @Test(arguments: guests) func theKernelsOwnLoaderLoads(_ flag: String, _ name: String) throws {
        for options in [["-p"], ["-p", "-a"], ["-p", "-s"], ["-l"], ["-d", "-p"]] {
            let outcome = try run(options, flag)
            #expect(outcome.names == ["kexec_file_load"], "\(options)")
            #expect(outcome.failure == nil)
        }
    }

    /// Where the kernel's own loader cannot load it, the other is not tried.
    @Test(arguments: guests) func thereIsNoFallingBack(_ flag: String, _ name: String) throws {
        let outcome = try run(["-p"], flag, answers: [.execFormatError])
        #expect(outcome.names == ["kexec_file_load"])
        #expect(outcome.failure?.contains("\(name) guest") == true)
    }

    @Test func aMultibootImage() throws {
        let path = try bench.folder.write(SyntheticMultiboot(version: 2).bytes, to: "image").string
        let machine = try machine("tdx_guest")
        #expect(RecordedCommand.run(["-l", "-c", path], root: machine.path).failure?.contains("Intel TDX guest") == true)
    }

    /// SEV alone, and any other guest.
    @Test(arguments: ["sev", "sme", ""]) func othersAreNot(_ flag: String) throws {
        #expect(try run(["-p", "-c"], flag).names == ["kexec_load"])
    }
}

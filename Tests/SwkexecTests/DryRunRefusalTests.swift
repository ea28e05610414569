import TestSupport
import Testing

/// A dry run shows the plan, and ends as the load would.
struct DryRunRefusalTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test(
        arguments: [
            ("proc/sys/kernel/kexec_load_disabled", "1\n", ["-c"], "kernel.kexec_load_disabled is 1"),
            ("proc/sys/kernel/kexec_load_disabled", "1\n", ["-s"], "kernel.kexec_load_disabled is 1"),
            ("proc/sys/kernel/kexec_load_disabled", "1\n", [], "kernel.kexec_load_disabled is 1"),
            ("proc/sys/kernel/kexec_load_limit_panic", "0\n", ["-c"], "kernel.kexec_load_limit_panic is 0"),
            ("sys/kernel/security/lockdown", "none [integrity] confidentiality\n", ["-c"], "the kernel is locked down (integrity)"),
            ("sys/kernel/security/lockdown", "none [integrity] confidentiality\n", ["-i"], "the kernel is locked down (integrity)"),
            ("proc/sys/kernel/kexec_load_disabled", "0\n", ["-c"], nil), ("proc/sys/kernel/kexec_load_limit_reboot", "0\n", ["-c"], nil),
            ("proc/sys/kernel/kexec_load_limit_panic", "-1\n", ["-c"], nil),
            // A signed kernel may be loaded by kexec_file_load.
            ("sys/kernel/security/lockdown", "none [integrity] confidentiality\n", [], nil),
        ] as [(String, String, [String], String?)])
    func switches(_ file: String, _ text: String, _ arguments: [String], _ refusal: String?) throws {
        let machine = try Fixture.bios.copy()
        try machine.write(text, to: file)
        let result = try bench.run(arguments, on: machine)
        #expect(result.status == (refusal == nil ? 0 : 1))
        #expect(result.output.contains("commandLine") || result.output.contains("command line"))
        if let refusal { #expect(result.complaint?.contains("this load would be refused: \(refusal)") == true, "\(result.errors)") }
    }
}

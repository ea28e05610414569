import TestSupport
import Testing

/// Memory that a command line gives and takes.
struct MemoryOnCommandLineTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    /// memmap=1G@1G of the running kernel would make RAM of what is to be dumped (arch/x86/kernel/e820.c, parse_memmap_one).
    @Test func isNotInherited() throws {
        let machine = try ReportedCase.memoryOnCommandLine.machine()
        let plan = try bench.plan(["-c", "--reuse-cmdline"], on: machine)
        let line = try #require(plan.json["commandLine"] as? String)
        #expect(line.hasPrefix("root=/dev/vda1 elfcorehdr=0x"), "\(line)")
        let warnings = try #require(plan.json["warnings"] as? [String])
        #expect(
            warnings.contains { $0.hasPrefix("--reuse-cmdline leaves out") && $0.contains("memmap=1G@1G (changes what memory there is") })
    }
}

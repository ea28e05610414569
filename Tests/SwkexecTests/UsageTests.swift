import Testing
import TestSupport

/// Command lines that make no sense: one line that names the word at fault, exit status 1.
struct UsageTests {
    @Test(arguments: [
        ([], "nothing to do"),
        (["-p"], "a load needs a kernel"),
        (["-l"], "a load needs a kernel"),
        (["-f"], "a load needs a kernel"),
        (["-s"], "a load needs a kernel"),
        (["-p", ""], "the kernel's name is empty"),
        (["-p", "one", "two"], "'two' is one too many"),
        (["-u", "-S"], "two actions at once"),
        (["-S", "-p", "-u"], "two actions at once"),
        (["-l", "-p", "vmlinuz", "--dry-run"], "two actions at once: -l and -p"),
        (["-f", "-p", "vmlinuz", "--dry-run"], "two actions at once: -f and -p"),
        (["-e", "-p"], "two actions at once: -p and -e"),
        (["-e", "-u"], "two actions at once: -u and -e"),
        (["-e", "vmlinuz"], "'vmlinuz'"),
        (["-e", "--dry-run"], "--dry-run"),
        (["-e", "--sysroot=/"], "--sysroot"),
        (["-p", "vmlinuz", "--dry-run", "--initrd=x", "--reuseinitrd"], "either --initrd or --reuseinitrd"),
        (["-u", "vmlinuz"], "'vmlinuz'"),
        (["-S", "vmlinuz"], "'vmlinuz'"),
        (["-u", "--dry-run"], "--dry-run"),
        (["-u", "--sysroot=/"], "--sysroot"),
        (["--frobnicate"], "unknown option --frobnicate"),
        (["--frobnicate=7", "-p", "vmlinuz"], "unknown option --frobnicate"),
        (["-p", "-X", "vmlinuz"], "unknown option -X"),
        (["-pX", "vmlinuz"], "unknown option -X"),
        (["--mem=0", "-p", "vmlinuz"], "--mem is ambiguous: --mem-min, --mem-max"),
        (["-p", "vmlinuz", "--append"], "--append needs an argument"),
        (["-p", "vmlinuz", "--hotplug=yes"], "--hotplug takes no argument"),
        (["-p", "vmlinuz", "--dry-run", "--format=xml"], "--format: 'xml'"),
        (["-p", "vmlinuz", "--format=json"], "--format needs --dry-run"),
        (["-p", "vmlinuz", "--write-segments=x"], "--write-segments needs --dry-run"),
        (["-p", "vmlinuz", "--sysroot=x"], "--sysroot needs --dry-run"),
        (["-p", "vmlinuz", "--arch=x86_64"], "--arch needs --dry-run"),
        (["-p", "vmlinuz", "--dry-run", "--on-mismatch=panic"], "--on-mismatch: 'panic'"),
        (["-p", "vmlinuz", "--dry-run", "--serial=ttyS9"], "--serial: 'ttyS9'"),
        (["-p", "vmlinuz", "--dry-run", "--serial=0x10000"], "--serial: '0x10000'"),
        (["-p", "vmlinuz", "--dry-run", "--serial-baud=0"], "--serial-baud: '0'"),
        (["-p", "vmlinuz", "--dry-run", "--serial-baud=115201"], "--serial-baud: '115201'"),
        (["-p", "vmlinuz", "--dry-run", "--rng-seed=abc"], "--rng-seed: 'abc'"),
        (["-p", "vmlinuz", "--dry-run", "--rng-seed=\(String(repeating: "g", count: 64))"], "64 hexadecimal digits"),
        (["-p", "vmlinuz", "--dry-run", "--mem-min=0x10000000000000000"], "--mem-min: '0x10000000000000000'"),
        (["-p", "vmlinuz", "--dry-run", "--mem-min=08"], "--mem-min: '08'"),
        (["-p", "vmlinuz", "--dry-run", "--mem-max=-1"], "--mem-max: '-1'"),
        (["-p", "vmlinuz", "--dry-run", "--mem-min=2", "--mem-max=1"], "--mem-min is above --mem-max"),
        (["-p", "vmlinuz", "--dry-run", "--initrd="], "--initrd"),
        (["--plan-file=x", "vmlinuz"], "--plan-file goes with -l or -p"),
        (["--plan-file=x", "-f", "vmlinuz"], "--plan-file goes with -l or -p"),
        (["--plan-file=x", "-p", "-s", "vmlinuz"], "-s has no meaning with it"),
        (["--plan-file=x", "-l", "--no-cma", "vmlinuz"], "--no-cma has no meaning with it"),
        (["--plan-file=x", "-p", "--format=json", "vmlinuz"], "--format needs --dry-run"),
        (["--plan-file=", "-p", "vmlinuz"], "--plan-file: the file's name is empty"),
        (["--plan-file=x", "-p"], "a load needs a kernel"),
        (["--plan-file=x", "--apply=y"], "--plan-file has no meaning with it"),
        (["--plan-file"], "--plan-file needs an argument"),
        (["--apply=x", "vmlinuz"], "'vmlinuz'"),
        (["--apply="], "--apply: the file's name is empty"),
        (["--apply=x", "-p"], "-p has no meaning with it"),
        (["--apply=x", "-e"], "two actions at once"),
        (["--apply=x", "-u"], "two actions at once"),
        (["--apply=x", "--hotplug"], "--hotplug has no meaning with it"),
        (["--apply=x", "--append=y"], "--append has no meaning with it"),
        (["--apply=x", "-s"], "-s has no meaning with it"),
        (["--apply=x", "--format=json"], "--format needs --dry-run"),
        (["--apply=x", "--sysroot=/"], "--sysroot needs --dry-run"),
        (["--apply=x", "--arch=ppc64le"], "--arch needs --dry-run"),
        (["--write-applier=x", "vmlinuz"], "'vmlinuz'"),
        (["--write-applier=x", "-p"], "-p has no meaning with it"),
        (["--write-applier=x", "--apply=y"], "two actions at once: --apply and --write-applier"),
        (["--write-applier="], "--write-applier: the file's name is empty"),
        (["--write-applier=/nonexistent/x", "--arch=pdp11"], "--arch: 'pdp11' is not an architecture that swkexec-apply is built for (x86_64, aarch64, ppc64le)"),
        (["snapshot"], "snapshot takes one folder"),
        (["snapshot", "one", "two"], "snapshot takes one folder"),
        (["snapshot", "one", "--hotplug"], "snapshot takes no options"),
        (["check", "one", "two"], "'two' is one too many"),
        (["check", ""], "the kernel's name is empty"),
        (["check", "--initrd=x"], "--initrd needs a kernel"),
        (["check", "--append=x"], "--append needs a kernel"),
        (["check", "vmlinuz", "--initrd="], "--initrd: the file's name is empty"),
        (["check", "--format=map"], "--format: 'map' is not table or json"),
        (["check", "--dry-run"], "--dry-run has no meaning with it"),
        (["check", "-S"], "-S has no meaning with it"),
        (["check", "-u"], "-u has no meaning with it"),
    ])
    func refused(_ arguments: [String], _ expected: String) throws {
        let result = try Command.run(arguments)
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        let complaint = try #require(result.complaint, "\(result.errors)")
        #expect(complaint.contains(expected), "\(complaint)")
    }

    @Test(arguments: [["-h"], ["--help"], ["-?"], ["--he"], ["-p", "--help"]])
    func help(_ arguments: [String]) throws {
        let result = try Command.run(arguments)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        #expect(result.output.hasPrefix("Usage: swkexec"))
        #expect(result.output.contains("--reuse-cmdline"))
    }

    @Test(arguments: [["-v"], ["--version"], ["--vers"]])
    func version(_ arguments: [String]) throws {
        let result = try Command.run(arguments)
        #expect(result.status == 0)
        #expect(try /swkexec \d+\.\d+\.\d+\n/.wholeMatch(in: result.output) != nil, "\(result.output)")
    }
}

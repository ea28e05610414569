import TestSupport
import Testing

/// Command lines that make no sense: one line that names the word at fault, the exit status of a failure.
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
        (["-p", "--installed", "vmlinuz", "vmlinux"], "'vmlinux' is one too many"),
        (["-l", "--installed"], "--installed: only with -p, not with -l"),
        (["-l", "vmlinuz", "--if-needed"], "--if-needed: only with -p, not with -l"),
        (["-p", "vmlinuz", "--if-needed", "-n"], "--if-needed decides about a load, and --dry-run loads nothing"),
        (["-p", "vmlinuz", "--if-needed", "--plan-file=x"], "--if-needed decides about a load, and --plan-file loads nothing"),
        (["-p", "--if-needed", "-n"], "--if-needed decides about a load, and --dry-run loads nothing"),
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
        (["-p", "vmlinuz", "--format=json"], "--format: only with --dry-run"),
        (["-p", "vmlinuz", "--write-segments=x"], "--write-segments: only with --dry-run"),
        (["-p", "vmlinuz", "--sysroot=x"], "--sysroot: only with --dry-run"),
        (["-p", "vmlinuz", "--arch=x86_64"], "--arch: only with --dry-run"),
        (["-p", "vmlinuz", "--dry-run", "--on-mismatch=panic"], "--on-mismatch: 'panic'"),
        (["-p", "vmlinuz", "--dry-run", "--serial=ttyS9"], "--serial: 'ttyS9'"),
        (["-p", "vmlinuz", "--dry-run", "--serial=0x10000"], "--serial: '0x10000'"),
        (["-p", "vmlinuz", "--dry-run", "--serial=pl011,0x9000000"], "--serial: 'pl011,0x9000000'"),
        (
            ["-p", "vmlinuz", "--dry-run", "--arch=ppc64le", "--serial=hvc0"],
            "--serial: only on x86_64 or aarch64, not on ppc64le"
        ),
        (["-p", "vmlinuz", "--dry-run", "--arch=aarch64", "--serial-baud=9600"], "--serial-baud: only on x86_64, not on aarch64"),
        (["-p", "vmlinuz", "--dry-run", "--arch=ppc64le", "--console-serial"], "--console-serial: only on x86_64, not on ppc64le"),
        (["-p", "vmlinuz", "--dry-run", "--arch=aarch64", "--purgatory-cache=maybe"], "--purgatory-cache: 'maybe' is not on or off"),
        (["-p", "vmlinuz", "--dry-run", "--purgatory-cache=off"], "--purgatory-cache: only on aarch64, not on x86_64"),
        (["-p", "vmlinuz", "--dry-run", "--arch=ppc64le", "--purgatory-cache=on"], "--purgatory-cache: only on aarch64, not on ppc64le"),
        (["-p", "vmlinuz", "--dry-run", "--serial-baud=0"], "--serial-baud: '0'"),
        (["-p", "vmlinuz", "--dry-run", "--serial-baud=115201"], "--serial-baud: '115201'"),
        (["-p", "vmlinuz", "--dry-run", "--rng-seed=abc"], "--rng-seed: 'abc'"),
        (["-p", "vmlinuz", "--dry-run", "--rng-seed=\(String(repeating: "g", count: 64))"], "64 hexadecimal digits"),
        (["-p", "vmlinuz", "--dry-run", "--mem-min=0x10000000000000000"], "--mem-min: '0x10000000000000000'"),
        (["-p", "vmlinuz", "--dry-run", "--mem-min=08"], "--mem-min: '08'"),
        (["-p", "vmlinuz", "--dry-run", "--mem-max=-1"], "--mem-max: '-1'"),
        (["-p", "vmlinuz", "--dry-run", "--mem-min=2", "--mem-max=1"], "--mem-min is above --mem-max"),
        (["-p", "vmlinuz", "--dry-run", "--initrd="], "--initrd"),
        (["--plan-file=x", "vmlinuz"], "--plan-file: only with -l, -p or --load-preserve-context, not with a load that ends"),
        (["--plan-file=x", "-f", "vmlinuz"], "--plan-file: only with -l, -p or --load-preserve-context, not with -f"),
        (["--plan-file=x", "-p", "-s", "vmlinuz"], "--plan-file: only with kexec_load (-c)"),
        (["--plan-file=x", "-l", "--no-cma", "vmlinuz"], "--no-cma: only with kexec_file_load (-s)"),
        (["--plan-file=x", "-p", "--format=json", "vmlinuz"], "--format: only with --dry-run"),
        (["--plan-file=", "-p", "vmlinuz"], "--plan-file: the file's name is empty"),
        (["--plan-file=x", "-p"], "--plan-file: only with -l, -p or --load-preserve-context, not with -p without a kernel"),
        (["--plan-file=x", "--apply=y"], "--plan-file: only with -l, -p"),
        (["--plan-file"], "--plan-file needs an argument"),
        (["--apply=x", "vmlinuz"], "'vmlinuz'"),
        (["--apply="], "--apply: the file's name is empty"),
        (["--apply=x", "-p"], "-p: only with -p without a kernel, -p -u or -S, not with --apply"),
        (["--apply=x", "-e"], "two actions at once"),
        (["--apply=x", "-u"], "two actions at once"),
        (["--apply=x", "--hotplug"], "--hotplug: only with -p or check, not with --apply"),
        (["--apply=x", "--append=y"], "--append: only with a load or check, not with --apply"),
        (["--apply=x", "-s"], "-s: only with a load, -u or -p -u, not with --apply"),
        (["--apply=x", "--format=json"], "--format: only with --dry-run"),
        (["--apply=x", "--sysroot=/"], "--sysroot: only with --dry-run"),
        (["--apply=x", "--arch=ppc64le"], "--arch: only with --dry-run"),
        (["--write-applier=x", "vmlinuz"], "'vmlinuz'"),
        (["--write-applier=x", "-p"], "not with --write-applier"),
        (["--write-applier=x", "--apply=y"], "two actions at once: --apply and --write-applier"),
        (["--write-applier="], "--write-applier: the file's name is empty"),
        (
            ["--write-applier=/nonexistent/x", "--arch=pdp11"],
            "--arch: 'pdp11' is not an architecture that swkexec-apply is built for (x86_64, ppc64le, aarch64, riscv64)"
        ),
        (["snapshot"], "snapshot takes one folder"),
        (["snapshot", "one", "two"], "snapshot takes one folder"),
        (["snapshot", "one", "--hotplug"], "--hotplug: only with -p or check, not with snapshot"),
        (["check", "one", "two"], "'two' is one too many"),
        (["check", ""], "the kernel's name is empty"),
        (["check", "--initrd=x"], "--initrd needs a kernel"),
        (["check", "--append=x"], "--append needs a kernel"),
        (["check", "vmlinuz", "--initrd="], "--initrd: the file's name is empty"),
        (["check", "--format=map"], "--format: 'map' is not table, json, prometheus or nagios"),
        (["check", "--dry-run"], "--dry-run: only with a load, --load-jump-back-helper or --apply, not with check"),
        (["check", "-S"], "-S: only with -l -S, not with check"),
        (["check", "-u"], "-u: only with -p -u, not with check"),
        (["-l", "vmlinuz", "--no-fadump"], "--no-fadump: only with -p, -p -u or -S, not with -l"),
        (["-u", "--no-fadump"], "--no-fadump: only with -p, -p -u or -S, not with -u"),
        (["-S", "-l", "--no-fadump"], "--no-fadump: only with -p, -p -u or -S, not with -l -S"),
        (["-p", "--no-fadump"], "a load needs a kernel"),
        (["-p", "--hotplug"], "a load needs a kernel"),
        (["-p", "--sysroot=x"], "--sysroot: only with --dry-run"),
        (["--sysroot=x", "fadump", "status"], "fadump comes first"),
        (["fadump"], "fadump needs to be told what to do: status, register"),
        (["fadump", "reboot"], "fadump: 'reboot' is not one of status"),
        (["fadump", "status", "now"], "'now' is one too many"),
        (["fadump", "status", "--format=map"], "--format: 'map' is not table or json"),
        (["fadump", "status", "--header=x"], "--header: only with fadump elfcorehdr, not with fadump status"),
        (["fadump", "register", "--sysroot=x"], "--sysroot: only with fadump status or fadump plan, not with fadump register"),
        (["fadump", "status", "--hotplug"], "unknown option --hotplug"),
        (["fadump", "append-arguments"], "fadump append-arguments needs TEXT"),
        (["fadump", "append-arguments", "a", "b"], "'b' is one too many"),
        (["fadump", "append-arguments", "a\nb"], "without a line end"),
        (["fadump", "header"], "fadump header needs FILE"),
        (["fadump", "header", ""], "the file's name is empty"),
        (["fadump", "header", "x", "--byte-order=middle"], "--byte-order: 'middle' is not little or big"),
        (["fadump", "header", "x", "--pt-regs-size=-8"], "--pt-regs-size: '-8'"),
        (["fadump", "header", "x", "--cpu-mask-size=4G"], "--cpu-mask-size: '4G'"),
        (["fadump", "elfcorehdr", "--header=h", "--regions=r", "--memory=m"], "fadump elfcorehdr needs --output=FILE"),
        (["fadump", "elfcorehdr", "--header=h", "--regions=r", "--output=o"], "fadump elfcorehdr needs --memory=FILE"),
        (["fadump", "elfcorehdr", "--header=", "--regions=r", "--memory=m", "--output=o"], "--header: the file's name is empty"),
        (
            ["fadump", "elfcorehdr", "--header=h", "--regions=r", "--memory=m", "--output=o", "--mem-reserved=lots"],
            "--mem-reserved: 'lots'"
        ),
        (["fadump", "plan"], "fadump plan needs --memory=SIZE"),
        (["fadump", "plan", "--memory=lots"], "--memory: 'lots'"),
        (["fadump", "plan", "--memory=99999999999999999999"], "--memory: '99999999999999999999'"),
        (["fadump", "plan", "--memory=16777216T"], "--memory: '16777216T'"),
        (["fadump", "plan", "--memory=+4G"], "--memory: '+4G'"),
        (["fadump", "plan", "--memory=4G", "--crashkernel=auto"], "--crashkernel: 'auto'"),
        (["fadump", "plan", "--memory=4G", "--crashkernel=1G,high"], "--crashkernel: '1G,high'"),
        (["fadump", "plan", "--memory=4G", "--platform=x86"], "--platform: 'x86' is not pseries or powernv"),
        (["fadump", "plan", "--memory=4G", "--page-size=16K"], "--page-size: '16K' is not 4K or 64K"),
        (["fadump", "plan", "--memory=4G", "--memory-regions=0"], "--memory-regions: '0'"),
        (["fadump", "plan", "--memory=4G", "--boot-regions=1048577"], "--boot-regions: '1048577'"),
    ])
    func refused(_ arguments: [String], _ expected: String) throws {
        let result = try Command.run(arguments)
        // swkexec(8), EXIT STATUS
        let status: Int32 =
            arguments.contains("-S") ? 255 : arguments.first == "check" || arguments.starts(with: ["fadump", "header"]) ? 2 : 1
        #expect(result.status == status)
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

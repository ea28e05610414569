import KernelImage

/// An option of the command, whatever its spellings.
enum OptionID: Int, Hashable, CaseIterable {
    // The values lie above every letter, so that getopt_long can tell long from short.
    case load = 1000
    case loadPanic, loadPreserveContext, loadJumpBackHelper, force, execute, unload, status, printCrashSize, version, help
    case noInterfacesDown, noSync
    case kexecSyscall, kexecFileSyscall, kexecSyscallAutomatic
    case hotplug, noChecks, debug, noCMA, forceDTB, noEFI
    case commandLine, reuseCommandLine, initrd, reuseInitrd, module
    case deviceTree, noOldRoot
    case type, entry32Bit, realMode, argumentsLinux, argumentsELF, argumentsNone
    case memoryMinimum, memoryMaximum, entry
    case serial, serialBaud, consoleSerial, consoleVGA, resetVGA, reuseVideoType, onMismatch, purgatoryCache
    case passMemoryMap, elf32CoreHeaders, elf64CoreHeaders
    case dryRun, format, writeSegments, sysroot, architecture, rngSeed
    case noFadump
    case planFile, apply, writeApplier
    // Of `swkexec fadump` alone.
    case header, regions, memory, output, memoryReserved
    case registersSize, cpuMaskSize, byteOrder
    case crashKernel, platform, pageSize, cpuStateSize, hptSize, memoryRegions, bootRegions
}

/// One row of the table that parses the command line and prints the help.
struct OptionRow {
    let id: OptionID
    let short: Character?
    /// The first is the one that messages use.
    let long: [String]
    /// What the option's argument is called; nil for an option without one.
    let argument: String?
    let help: String

    init(_ id: OptionID, _ short: Character?, _ long: [String], _ argument: String? = nil, help: String) {
        self.id = id
        self.short = short
        self.long = long
        self.argument = argument
        self.help = help
    }
}

/// All options, in the order of the help.
enum OptionTable {
    struct Group {
        let title: String
        let rows: [OptionRow]
    }

    static let groups = [
        Group(
            title: "Actions",
            rows: [
                OptionRow(.load, "l", ["load"], help: "load a kernel for the next reboot"),
                OptionRow(.loadPanic, "p", ["load-panic"], help: "load a kernel that starts when this one panics"),
                OptionRow(
                    .loadPreserveContext, nil, ["load-preserve-context"],
                    help:
                        "load a kernel that this one starts without giving itself up: it goes on when the other one jumps back; needs --mem-max"
                ),
                OptionRow(.loadJumpBackHelper, nil, ["load-jump-back-helper"], help: "in a kernel that was started so: load the way back"),
                OptionRow(.force, "f", ["force"], help: "load a kernel and start it at once, without a shutdown"),
                OptionRow(.execute, "e", ["exec"], help: "start the loaded kernel at once, without a shutdown"),
                OptionRow(.unload, "u", ["unload"], help: "release the loaded image; with -p the crash image"),
                OptionRow(
                    .status, "S", ["status"],
                    help: "exit 1 when a crash image is loaded (with -l: one for the next reboot), 0 when not, 255 when that cannot be told"
                ),
                OptionRow(.printCrashSize, nil, ["print-ckr-size"], help: "print the bytes reserved for a crash kernel"),
                OptionRow(.version, "v", ["version"], help: "print the version"),
                OptionRow(.help, "h", ["help"], help: "print this help"),
            ]),
        Group(
            title: "What is loaded",
            rows: [
                OptionRow(.commandLine, nil, ["append", "command-line"], "STRING", help: "the new kernel's command line"),
                OptionRow(
                    .reuseCommandLine, nil, ["reuse-cmdline"],
                    help: "start from the running kernel's command line, without BOOT_IMAGE and crashkernel"),
                OptionRow(.initrd, nil, ["initrd", "ramdisk"], "FILE", help: "the new kernel's initial ramdisk"),
                OptionRow(
                    .reuseInitrd, nil, ["reuseinitrd"],
                    help: "the running kernel's initial ramdisk, which it keeps when booted with retain_initrd"),
                OptionRow(
                    .module, nil, ["module"], "FILE",
                    help: "a module for a multiboot image; \"FILE args\" hands it arguments, too; may be given several times"),
                OptionRow(
                    .deviceTree, nil, ["dtb", "devicetreeblob"], "FILE",
                    help: "for architectures with device trees; x86_64 has none for a new kernel, and only warns"),
                OptionRow(
                    .noOldRoot, nil, ["dt-no-old-root"], help: "ppc64le: a command line without root= does not get the running kernel's"),
                OptionRow(
                    .hotplug, nil, ["hotplug"],
                    help: "the image stays right when memory and CPUs come and go: the kernel updates it; an error where it cannot"),
                OptionRow(.noFadump, nil, ["no-fadump"], help: "with -p: a crash image, though firmware-assisted dump is enabled"),
            ]),
        Group(
            title: "Kinds of kernels",
            rows: [
                OptionRow(
                    .type, "t", ["type"], "TYPE",
                    help: "what the kernel must be: \(ImageType.allCases.map(\.rawValue).joined(separator: ", ")) (default: what it is)"),
                OptionRow(.entry32Bit, nil, ["entry-32bit"], help: "enter a bzImage in 32-bit mode, loaded below 4 GiB"),
                OptionRow(
                    .realMode, nil, ["real-mode"],
                    help: "enter a bzImage by its real-mode code, which asks the BIOS; not for a crash kernel"),
                OptionRow(.argumentsLinux, nil, ["args-linux"], help: "an ELF file takes boot parameters as Linux does (default)"),
                OptionRow(.argumentsELF, nil, ["args-elf"], help: "an ELF file that is no Linux kernel takes ELF boot notes"),
                OptionRow(.argumentsNone, nil, ["args-none"], help: "an ELF file that is no Linux kernel is told nothing"),
            ]),
        Group(
            title: "How it is loaded",
            rows: [
                OptionRow(
                    .kexecSyscallAutomatic, "a", ["kexec-syscall-auto"],
                    help: "load by kexec_file_load(2), and by kexec_load(2) where the kernel cannot do that (default)"),
                OptionRow(
                    .kexecFileSyscall, "s", ["kexec-file-syscall"],
                    help: "load by kexec_file_load(2): the kernel checks the signature and makes the segments"),
                OptionRow(.kexecSyscall, "c", ["kexec-syscall"], help: "load by kexec_load(2); the last of -a, -s, -c wins"),
                OptionRow(.noCMA, nil, ["no-cma"], help: "with kexec_file_load: no segments in CMA memory"),
                OptionRow(.forceDTB, nil, ["force-dtb"], help: "with kexec_file_load: hand on the device tree though there is ACPI"),
                OptionRow(.noEFI, nil, ["noefi"], help: "do not tell the new kernel of the EFI firmware"),
                OptionRow(
                    .reuseVideoType, nil, ["reuse-video-type"],
                    help: "tell the new kernel of the screen that this boot began with, though another driver has it now"),
                OptionRow(
                    .passMemoryMap, nil, ["pass-memmap-cmdline"],
                    help: "with -p: give the memory map on the command line, too, as memmap= parameters"),
                OptionRow(
                    .elf64CoreHeaders, nil, ["elf64-core-headers"],
                    help: "with -p: describe this kernel's memory by a 64-bit ELF header (the only kind there is)"),
                OptionRow(
                    .elf32CoreHeaders, nil, ["elf32-core-headers"], help: "an error: 32 bits do not hold the addresses of a 64-bit kernel"),
                OptionRow(.noChecks, "i", ["no-checks"], help: "purgatory does not check the image's digest before it starts the kernel"),
                OptionRow(.memoryMinimum, nil, ["mem-min"], "ADDRESS", help: "place nothing below this physical address"),
                OptionRow(.memoryMaximum, nil, ["mem-max"], "ADDRESS", help: "place nothing above this physical address"),
                OptionRow(
                    .entry, nil, ["entry"], "ADDRESS",
                    help:
                        "with --load-jump-back-helper: where the other kernel goes on (default: what kexec_jump_back_entry= of the running kernel says); with a load: enter the image at this physical address, past purgatory"
                ),
                OptionRow(
                    .serial, nil, ["serial"], "PORT",
                    help:
                        "where purgatory reports a failed check: ttyS0 to ttyS3 or 0xPORT, on arm64 ttyAMA0 or pl011,0xADDRESS (default: the serial console that the command line names)"
                ),
                OptionRow(
                    .serialBaud, nil, ["serial-baud"], "BAUD",
                    help: "set that port's speed, 1 to 115200 (default: the command line's, or as it is)"),
                OptionRow(
                    .consoleSerial, nil, ["console-serial"],
                    help: "purgatory reports on a serial port also where neither --serial nor the command line names one: on ttyS0"),
                OptionRow(.consoleVGA, nil, ["console-vga"], help: "purgatory reports on the VGA's text screen, too"),
                OptionRow(.resetVGA, nil, ["reset-vga"], help: "purgatory puts a standard VGA into text mode (mode 3)"),
                OptionRow(
                    .onMismatch, nil, ["on-mismatch"], "ACTION",
                    help: "what purgatory does after a failed check: halt (default) or reset the machine"),
                OptionRow(
                    .purgatoryCache, nil, ["purgatory-cache"], "on|off",
                    help: "arm64: purgatory checks the digest with MMU and caches on (default), or off, as the old kernel leaves them"),
                OptionRow(
                    .rngSeed, nil, ["rng-seed"], "HEX",
                    help: "the new kernel's random seed, 64 hexadecimal digits, for plans that can be repeated (default: random)"),
                OptionRow(.debug, "d", ["debug"], help: "print the plan on standard error before it is carried out; changes nothing"),
            ]),
        Group(
            title: "How it is started",
            rows: [
                OptionRow(.noInterfacesDown, "x", ["no-ifdown"], help: "with -e, -f: leave the network interfaces up"),
                OptionRow(.noSync, "y", ["no-sync"], help: "with -e, -f: do not sync(2) first"),
            ]),
        Group(
            title: "Without loading",
            rows: [
                OptionRow(.dryRun, "n", ["dry-run"], help: "do everything but the system call, and print the plan"),
                OptionRow(.format, nil, ["format"], "FORMAT", help: "how the plan is printed: table (default), map or json"),
                OptionRow(.writeSegments, nil, ["write-segments"], "DIR", help: "write each segment's loaded bytes to a file in DIR"),
                OptionRow(
                    .sysroot, nil, ["sysroot"], "DIR",
                    help: "plan for the machine whose /proc and /sys are recorded in DIR (see swkexec snapshot)"),
                OptionRow(.architecture, nil, ["arch"], "NAME", help: "plan for a machine of this architecture (default: this machine's)"),
            ]),
        Group(
            title: "Plans in files",
            rows: [
                OptionRow(
                    .planFile, nil, ["plan-file"], "FILE",
                    help: "with -l, -p: write the plan to FILE instead of loading it, with all bytes, to be loaded later or elsewhere"),
                OptionRow(
                    .apply, nil, ["apply"], "FILE",
                    help:
                        "load the plan in FILE, if this is the machine and the boot that it was made for; --force takes another kernel release, too"
                ),
                OptionRow(
                    .writeApplier, nil, ["write-applier"], "FILE",
                    help:
                        "write swkexec-apply, the small program that does the same where swkexec does not run; --arch=x86_64, aarch64 or ppc64le"
                ),
            ]),
    ]

    static let rows = groups.flatMap(\.rows)

    static func row(_ id: OptionID) -> OptionRow? { (rows + fadump).first { $0.id == id } }

    /// getopt's string of short options. The colon in front makes it tell a missing argument from
    /// an unknown option.
    static func shortOptions(_ rows: [OptionRow]) -> String {
        ":" + rows.map { row in row.short.map { "\($0)\(row.argument == nil ? "" : ":")" } ?? "" }.joined()
    }
}

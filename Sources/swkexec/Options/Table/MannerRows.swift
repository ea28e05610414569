import CommandLineOptions

/// The options that say how a kernel is loaded and started.
extension OptionID {
    static let noCMA = OptionID("no-cma")
    static let forceDTB = OptionID("force-dtb")
    static let elf64CoreHeaders = OptionID("elf64-core-headers")
    static let elf32CoreHeaders = OptionID("elf32-core-headers")
    static let noChecks = OptionID("no-checks")
    static let memoryMinimum = OptionID("mem-min")
    static let entry = OptionID("entry")
    static let onMismatch = OptionID("on-mismatch")
    static let rngSeed = OptionID("rng-seed")
    static let dropHandover = OptionID("drop-handover")
    static let debug = OptionID("debug")
    static let noInterfacesDown = OptionID("no-ifdown")
    static let noSync = OptionID("no-sync")
}

enum MannerRows {
    static let rows = [
        OptionRow(
            .noCMA, in: .manner, with: .loads, by: [.kexecFileLoad], help: "with kexec_file_load: no segments in CMA memory"),
        OptionRow(
            .forceDTB, in: .manner, with: .loads, by: [.kexecFileLoad],
            help: "with kexec_file_load: hand on the device tree though there is ACPI"),
        OptionRow(
            .elf64CoreHeaders, in: .manner, with: [.loadPanic],
            help: "with -p: describe this kernel's memory by a 64-bit ELF header (the only kind there is)"),
        OptionRow(
            .elf32CoreHeaders, in: .manner, with: [],
            refusal:
                "32 bits hold neither a 64-bit kernel's virtual addresses nor RAM above 4 GiB; the header is a 64-bit one (--elf64-core-headers)",
            help: "an error: 32 bits do not hold the addresses of a 64-bit kernel"),
        OptionRow(
            .noChecks, "i", in: .manner, with: .loads, by: [.kexecLoad], taken: [.byKexecFileLoad],
            help: "purgatory does not check the image's digest before it starts the kernel"),
        OptionRow(
            .memoryMinimum, taking: "ADDRESS", in: .manner, with: placing, by: [.kexecLoad], taken: [.byKexecFileLoad],
            help: "place nothing below this physical address"),
        OptionRow(
            .memoryMaximum, taking: "ADDRESS", in: .manner, with: placing, by: [.kexecLoad], taken: [.byKexecFileLoad],
            help: "place nothing above this physical address"),
        OptionRow(
            .entry, taking: "ADDRESS", in: .manner, with: placing, by: [.kexecLoad], taken: [.byKexecFileLoad],
            help:
                "with --load-jump-back-helper: where the other kernel goes on (default: what kexec_jump_back_entry= of the running kernel says); with a load: enter the image at this physical address, past purgatory"
        ),
        OptionRow(
            .onMismatch, taking: "ACTION", in: .manner, with: .loads, by: [.kexecLoad],
            help: "what purgatory does after a failed check: halt (default) or reset the machine"),
        OptionRow(
            .rngSeed, taking: "HEX", in: .manner, with: .loads, by: [.kexecLoad],
            taken: [
                .unused(.by(.kexecFileLoad), because: "whoever repeats plans gives it to every load, and this kernel draws its own"),
                .unneeded(.with([.loadJumpBackHelper, .loadPanicWithoutKernel]), because: "nothing random is handed over"),
            ],
            help: "the new kernel's random seed, 64 hexadecimal digits, for plans that can be repeated (default: random)"),
        OptionRow(
            .dropHandover, taking: "LIST", in: .manner, with: Set<Action>.loads.union([.apply]), by: [.kexecLoad],
            help:
                "load by kexec_load though state of this kernel is lost, which kexec_file_load would hand on: of kho, liveupdate, keys and ima those that are listed, with commas between"
        ),
        // It prints what there is to say, which with some actions is nothing.
        OptionRow(
            .debug, "d", in: .manner, with: .all, help: "print the plan on standard error before it is carried out; changes nothing"),

        OptionRow(.noInterfacesDown, "x", in: .start, with: starting, help: "with -e, -f: leave the network interfaces up"),
        OptionRow(.noSync, "y", in: .start, with: starting, help: "with -e, -f: do not sync(2) first"),
    ]

    private static let placing = Set<Action>.loads.union([.loadJumpBackHelper])
    private static let starting: Set<Action> = [.loadAndExecute, .preserveContextAndExecute, .execute]
}

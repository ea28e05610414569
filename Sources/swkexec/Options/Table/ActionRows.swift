import CommandLineOptions

/// The options that say what is done, and those that choose the call.
extension OptionID {
    static let load = OptionID("load")
    static let loadPanic = OptionID("load-panic")
    static let force = OptionID("force")
    static let execute = OptionID("exec")
    static let unload = OptionID("unload")
    static let status = OptionID("status")
    static let printCrashSize = OptionID("print-ckr-size")
    static let version = OptionID("version")
    static let help = OptionID("help")
    static let kexecSyscallAutomatic = OptionID("kexec-syscall-auto")
    static let kexecFileSyscall = OptionID("kexec-file-syscall")
    static let kexecSyscall = OptionID("kexec-syscall")
}

enum ActionRows {
    static let rows = [
        OptionRow(
            .load, "l", in: .actions, with: [.load, .loadAndExecute, .loadPreserveContext, .preserveContextAndExecute, .unload, .status],
            help: "load a kernel for the next reboot"),
        OptionRow(
            .loadPanic, "p", in: .actions, with: [.loadPanic, .loadPanicWithoutKernel, .unloadPanic, .statusPanic],
            help: "load a kernel that starts when this one panics"),
        OptionRow(
            .force, "f", in: .actions, with: [.loadAndExecute, .preserveContextAndExecute, .apply],
            taken: [.unneeded(.with([.execute]), because: "petitboot's last resort is -e -f; -e does all that -f does")],
            help: "load a kernel and start it at once, without a shutdown"),
        OptionRow(.execute, "e", in: .actions, with: [.execute], help: "start the loaded kernel at once, without a shutdown"),
        OptionRow(.unload, "u", in: .actions, with: [.unload, .unloadPanic], help: "release the loaded image; with -p the crash image"),
        OptionRow(
            .status, "S", in: .actions, with: [.status, .statusPanic],
            help: "exit 1 when a crash image is loaded (with -l: one for the next reboot), 0 when not, 255 when that cannot be told"),
        OptionRow(.printCrashSize, in: .actions, with: [.printCrashSize], help: "print the bytes reserved for a crash kernel"),
        OptionRow(.version, "v", in: .actions, with: .all, help: "print the version"),
        OptionRow(.help, "h", in: .actions, with: .all, help: "print this help"),

        OptionRow(
            .kexecSyscallAutomatic, "a", in: .manner, with: calling.union([.loadJumpBackHelper]), taken: [withoutACall],
            help: "load by kexec_file_load(2), and by kexec_load(2) where the kernel cannot do that (default)"),
        OptionRow(
            .kexecFileSyscall, "s", in: .manner, with: calling, taken: [withoutACall],
            help: "load by kexec_file_load(2): the kernel checks the signature and makes the segments"),
        OptionRow(
            .kexecSyscall, "c", in: .manner, with: calling.union([.loadJumpBackHelper]), taken: [withoutACall],
            help: "load by kexec_load(2); the last of -a, -s, -c wins"),
    ]

    private static let calling = Set<Action>.loads.union([.loadPanicWithoutKernel, .unload, .unloadPanic])

    private static let withoutACall = OptionRow.Taken.unneeded(
        .with([.execute, .status, .statusPanic, .printCrashSize]),
        because: "scripts put the same options in front of every call of kexec-tools; the answer is the same for either call")
}

import CommandLineOptions
import LinuxLoad

/// The options that only x86_64 has.
extension OptionID {
    /// A module of a Multiboot image.
    public static let module = OptionID("module")
    /// How a bzImage is entered.
    public static let entry32Bit = OptionID("entry-32bit")
    /// How a bzImage is entered.
    public static let realMode = OptionID("real-mode")
    /// What an ELF file that is no Linux kernel is given.
    public static let argumentsELF = OptionID("args-elf")
    /// What an ELF file that is no Linux kernel is given.
    public static let argumentsNone = OptionID("args-none")
    /// What the new kernel learns of the screen.
    public static let reuseVideoType = OptionID("reuse-video-type")
    /// Whether the command line has memmap= for the capture kernel.
    public static let passMemoryMap = OptionID("pass-memmap-cmdline")
    /// The speed of purgatory's serial port.
    public static let serialBaud = OptionID("serial-baud")
    /// Whether purgatory writes on a serial port.
    public static let consoleSerial = OptionID("console-serial")
    /// Whether purgatory writes on the VGA's text screen.
    public static let consoleVGA = OptionID("console-vga")
    /// Whether purgatory puts the VGA into text mode.
    public static let resetVGA = OptionID("reset-vga")
}

extension X86_64 {
    /// With those that other machines have, too.
    public var optionRows: [OptionRow] {
        [
            OptionRow(
                .loadPreserveContext, in: .actions, with: [.loadPreserveContext, .preserveContextAndExecute], by: [.kexecLoad],
                help:
                    "load a kernel that this one starts without giving itself up: it goes on when the other one jumps back; needs --mem-max"
            ),
            OptionRow(
                .loadJumpBackHelper, in: .actions, with: [.loadJumpBackHelper],
                help: "in a kernel that was started so: load the way back"),
            OptionRow(
                .module, taking: "FILE", isList: true, in: .contents, with: Self.toReboot, by: [.kexecLoad],
                help: "a module for a multiboot image; \"FILE args\" hands it arguments, too; may be given several times"),
            OptionRow(
                .entry32Bit, in: .kinds, with: .loads, by: [.kexecLoad], help: "enter a bzImage in 32-bit mode, loaded below 4 GiB"),
            // In real mode a kernel asks the BIOS for memory, and takes all of it.
            OptionRow(
                .realMode, in: .kinds, with: Self.toReboot, by: [.kexecLoad],
                help: "enter a bzImage by its real-mode code, which asks the BIOS; not for a crash kernel"),
            // Nothing tells such a file which memory a crash kernel may use.
            OptionRow(
                .argumentsELF, in: .kinds, with: Self.toReboot.union(Self.preservingContext), by: [.kexecLoad],
                help: "an ELF file that is no Linux kernel takes ELF boot notes"),
            OptionRow(
                .argumentsNone, in: .kinds, with: Self.toReboot.union(Self.preservingContext), by: [.kexecLoad],
                help: "an ELF file that is no Linux kernel is told nothing"),
            .noEFI,
            // kexec_file_load(2) does nothing else.
            OptionRow(
                .reuseVideoType, in: .manner, with: .loads,
                help: "tell the new kernel of the screen that this boot began with, though another driver has it now"),
            // A kernel that has the whole machine finds its memory map in the boot parameters.
            OptionRow(
                .passMemoryMap, in: .manner, with: Self.preservingContext.union([.loadPanic]), by: [.kexecLoad],
                taken: [.byKexecFileLoad],
                help: "with -p: give the memory map on the command line, too, as memmap= parameters"),
            .serial,
            OptionRow(
                .serialBaud, taking: "BAUD", in: .manner, with: .loads, by: [.kexecLoad], taken: [.byKexecFileLoad],
                help: "set that port's speed, 1 to 115200 (default: the command line's, or as it is)"),
            OptionRow(
                .consoleSerial, in: .manner, with: .loads, by: [.kexecLoad], taken: [.byKexecFileLoad],
                help: "purgatory reports on a serial port also where neither --serial nor the command line names one: on ttyS0"),
            OptionRow(
                .consoleVGA, in: .manner, with: .loads, by: [.kexecLoad], taken: [.byKexecFileLoad],
                help: "purgatory reports on the VGA's text screen, too"),
            OptionRow(
                .resetVGA, in: .manner, with: .loads, by: [.kexecLoad], taken: [.byKexecFileLoad],
                help: "purgatory puts a standard VGA into text mode (mode 3)"),
        ]
    }

    /// Loads of kernels that get the whole machine.
    private static let toReboot: Set<Action> = [.load, .loadAndShutDown, .loadAndExecute]
    private static let preservingContext: Set<Action> = [.loadPreserveContext, .preserveContextAndExecute]
}

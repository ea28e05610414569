/// What an ELF file is given when it is entered.
public enum ProgramArguments: Sendable {
    /// boot_params, as a Linux kernel takes them.
    case linux
    /// ELF boot notes: the name of the boot loader and the command line.
    case notes
    /// Nothing.
    case none
}

/// Options of the table for all machines that some machine's own options depend on. The others are named beside their rows.
extension OptionID {
    /// An ELF file is a Linux kernel, whatever its own options said before.
    public static let argumentsLinux = OptionID("args-linux")
    /// Nothing is placed above.
    public static let memoryMaximum = OptionID("mem-max")
    /// A kernel to visit: an action, of x86_64 alone.
    public static let loadPreserveContext = OptionID("load-preserve-context")
    /// The image that leads back from a visit: an action, of x86_64 alone.
    public static let loadJumpBackHelper = OptionID("load-jump-back-helper")
}

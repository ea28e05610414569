import LoadPlan

/// The parameter by which a kernel jumps back to the one that started it. Its value is
/// known only when purgatory is called, which writes it over the digits.
enum JumpBackEntry {
    static let name = "kexec_jump_back_entry"
    /// Of an address of 64 bits.
    private static let digitCount = 16

    static let parameter = KernelCommandLine("\(name)=0x\(String(repeating: "0", count: digitCount))")

    /// The same command line with no parameter of this name: a kernel that was started so itself
    /// has one already.
    static func removed(from commandLine: KernelCommandLine) -> KernelCommandLine {
        commandLine.contains(name) ? commandLine.removing([name]) : commandLine
    }

    /// Where the digits begin in a command line that the parameter was added to.
    static func digits(in commandLine: KernelCommandLine) -> Int? {
        commandLine.parameters.first { $0.elementsEqual(parameter.bytes) }.map { $0.endIndex - digitCount }
    }
}

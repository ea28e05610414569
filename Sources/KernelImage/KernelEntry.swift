/// The ways to enter an x86 kernel (Documentation/arch/x86/boot.rst).
public enum KernelEntry: Sendable {
    /// In 64-bit mode with memory mapped one to one, past the real-mode code and the decompressor's
    /// 32-bit part.
    case bits64
    /// In 32-bit protected mode without paging; everything the kernel reads lies below 4 GiB.
    case bits32
    /// By its real-mode code, which asks the BIOS what the machine has.
    case realMode
}

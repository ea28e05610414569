import PhysicalMemory

/// Addresses that the PC and the x86 kernel fix.
enum Layout {
    /// Conventional memory ends where the video memory begins.
    static let conventionalMemory = PhysicalRange(start: PhysicalAddress(0), end: PhysicalAddress(640 << 10))
    /// elfcorehdr leaves the first MiB out, as the kernel does (arch/x86/kernel/crash.c).
    static let firstMebibyte = PhysicalRange(start: PhysicalAddress(0), end: PhysicalAddress(1 << 20))
    /// A bzImage's protected-mode part is never loaded below this.
    static let lowestKernel = PhysicalAddress(1 << 20)
    /// Where code that runs in real mode is loaded: above the first page, which holds the BIOS'
    /// interrupt vectors and data, and below 0x9a000, above which many BIOSes keep data of their
    /// own (Documentation/arch/x86/boot.rst).
    static let realModeMemory = PhysicalRange(start: PhysicalAddress(0x1000), end: PhysicalAddress(0x9a000))
    static let fourGibibytes = PhysicalAddress(1 << 32)
    /// The end of what a kernel with four levels of page tables can map: 46 bits, 64 TiB
    /// (Documentation/arch/x86/x86_64/5level-paging.rst).
    static let fourLevelLimit = PhysicalAddress(1 << 46)
    /// Where the kernel links itself: __START_KERNEL_map (arch/x86/include/asm/page_64_types.h).
    static let kernelMap: UInt64 = 0xffff_ffff_8000_0000
    /// Above any physical address that x86_64 can have (52 bits).
    static let highestAddress = PhysicalAddress(1 << 52)
}

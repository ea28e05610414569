import PhysicalMemory

/// Addresses that the architecture and its kernel fix.
enum Layout {
    /// What sizes and places of segments are multiples of: the largest page that its kernels are built with, since nothing
    /// shows which one the running kernel has.
    static let pageSize = ByteCount.kibibytes(64)
    /// What a crash kernel overwrites at the bottom of memory, its exception vectors above all,
    /// and purgatory saves before (arch/powerpc/include/asm/crashdump-ppc64.h).
    static let lowMemory = ByteCount.kibibytes(64)
    /// Where the kernel maps RAM: PAGE_OFFSET (arch/powerpc/include/asm/page.h).
    static let directMap: UInt64 = 0xc000_0000_0000_0000
    /// RTAS is called in 32-bit mode.
    static let fourGibibytes = PhysicalAddress(1 << 32)
    /// COMMAND_LINE_SIZE (arch/powerpc/include/uapi/asm/setup.h) without the NUL.
    static let commandLineLimit = 2047
}

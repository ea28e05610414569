import PhysicalMemory

/// Sizes that the boot protocol and the kernel fix.
enum Layout {
    /// What sizes and places of segments are multiples of: the largest page that its kernels are built with, since nothing
    /// shows which one the running kernel has.
    static let pageSize = ByteCount.kibibytes(64)
    /// Purgatory maps memory in blocks of this size, so each that it touches has to be RAM.
    static let block = ByteCount.mebibytes(2)
    /// The most that the kernel maps of a device tree (Documentation/arch/arm64/booting.rst).
    static let largestTree = ByteCount.mebibytes(2)
    /// Kernel and initrd lie within a window of this size.
    static let initrdReach = ByteCount(32 << 30 as UInt64)
    /// COMMAND_LINE_SIZE (arch/arm64/include/uapi/asm/setup.h) without the NUL.
    static let commandLineLimit = 2047
}

import PhysicalMemory

extension ARM64 {
    /// Sizes that the boot protocol and the kernel fix.
    enum Layout {
        /// Purgatory maps memory in blocks of this size, so each that it touches has to be RAM.
        static let block = ByteCount.mebibytes(2)
        /// The most that the kernel maps of a device tree (Documentation/arch/arm64/booting.rst).
        static let largestTree = ByteCount.mebibytes(2)
        /// From the kernel's start, in which its initrd has to lie, less what the kernel itself takes.
        static let initrdReach: UInt64 = 32 << 30
        /// COMMAND_LINE_SIZE (arch/arm64/include/uapi/asm/setup.h) without the NUL.
        static let commandLineLimit = 2047
    }
}

import PhysicalMemory

/// Sizes and addresses that the boot protocol and the kernel fix.
enum Layout {
    /// What sizes and places of segments are multiples of (arch/riscv/Kconfig has no other size of page).
    static let pageSize = ByteCount.page
    /// The most that the kernel maps of a device tree, wherever it lies: of two blocks of 2 MiB, the first of which may begin that far before
    /// it (create_fdt_early_page_table() of arch/riscv/mm/init.c).
    static let largestTree = ByteCount.mebibytes(2)
    /// COMMAND_LINE_SIZE (arch/riscv/include/uapi/asm/setup.h) without the NUL.
    static let commandLineLimit = 1023
    /// KERNEL_LINK_ADDR (arch/riscv/include/asm/pgtable.h): kernels run here or above, and RAM is mapped below.
    static let kernelLinkAddress: UInt64 = 0xffff_ffff_8000_0000
}

/// The options of `swkexec fadump`, a table of their own: what they can be shortened to leaves the
/// other options alone.
extension OptionTable {
    /// The word that chooses this table, as the first one of the command line.
    static let fadumpWord = "fadump"

    static let fadump = [
        OptionRow(.format, nil, ["format"], "table|json", help: "status, header, elfcorehdr, plan: how it is printed (default: table)"),
        OptionRow(.sysroot, nil, ["sysroot"], "DIR", help: "status, plan: the machine whose /proc and /sys are recorded in DIR"),
        OptionRow(
            .registersSize, nil, ["pt-regs-size"], "BYTES",
            help: "header: of the capture kernel's struct pt_regs; plan: of either kernel's (default: 384)"),
        OptionRow(
            .cpuMaskSize, nil, ["cpu-mask-size"], "BYTES",
            help:
                "header: of the capture kernel's struct cpumask, an eighth of NR_CPUS in whole words; plan: of either kernel's (default: 256)"
        ),
        OptionRow(.byteOrder, nil, ["byte-order"], "little|big", help: "header: the capture kernel's"),
        OptionRow(.header, nil, ["header"], "FILE", help: "elfcorehdr: the crash info header"),
        OptionRow(.regions, nil, ["regions"], "FILE", help: "elfcorehdr: what fadump_region printed, or the same as JSON"),
        OptionRow(
            .memory, nil, ["memory"], "FILE|SIZE",
            help: "elfcorehdr: the capture kernel's /proc/iomem, or a list of ranges as JSON; plan: how much memory there is"),
        OptionRow(.output, nil, ["output"], "FILE", help: "elfcorehdr: where it is written to"),
        OptionRow(
            .memoryReserved, nil, ["mem-reserved"], "BYTES",
            help: "elfcorehdr: what mem_reserved of the crashed kernel told, which OPAL machines need"),
        OptionRow(.crashKernel, nil, ["crashkernel"], "SIZE", help: "plan: what crashkernel= asks for"),
        OptionRow(.platform, nil, ["platform"], "pseries|powernv", help: "plan: the kind of machine (default: pseries)"),
        OptionRow(.pageSize, nil, ["page-size"], "BYTES", help: "plan: the kernel's pages, 4K or 64K (default: 64K)"),
        OptionRow(
            .cpuStateSize, nil, ["cpu-state-size"], "SIZE",
            help: "plan: what the firmware asks for the CPUs' registers (default: what it tells in the device tree)"),
        OptionRow(
            .hptSize, nil, ["hpte-size"], "SIZE",
            help: "plan: what the firmware asks for the hash page table (default: what it tells in the device tree)"),
        OptionRow(.memoryRegions, nil, ["memory-regions"], "N", help: "plan: ranges of memory at boot (default: 1)"),
        OptionRow(.bootRegions, nil, ["boot-regions"], "N", help: "plan: ranges of boot memory (default: 1)"),
        OptionRow(.version, "v", ["version"], help: "print the version"),
        OptionRow(.help, "h", ["help"], help: "print this help"),
    ]
}

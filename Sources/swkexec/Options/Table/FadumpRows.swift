import CommandLineOptions

/// The options of `swkexec fadump`, a table of their own: what they can be shortened to leaves the
/// other options alone.
extension OptionID {
    static let header = OptionID("header")
    static let regions = OptionID("regions")
    static let memory = OptionID("memory")
    static let output = OptionID("output")
    static let memoryReserved = OptionID("mem-reserved")
    static let registersSize = OptionID("pt-regs-size")
    static let cpuMaskSize = OptionID("cpu-mask-size")
    static let byteOrder = OptionID("byte-order")
    static let crashKernel = OptionID("crashkernel")
    static let reserveMemory = OptionID("fadump-reserve-mem")
    static let kernelRelease = OptionID("kernel-release")
    static let platform = OptionID("platform")
    static let pageSize = OptionID("page-size")
    static let cpuStateSize = OptionID("cpu-state-size")
    static let hptSize = OptionID("hpte-size")
    static let memoryRegions = OptionID("memory-regions")
    static let bootRegions = OptionID("boot-regions")
}

enum FadumpRows {
    static let rows = [
        row(
            .format, "table|json", [.fadumpStatus, .fadumpHeader, .fadumpElfcorehdr, .fadumpPlan],
            "status, header, elfcorehdr, plan: how it is printed (default: table)"),
        row(.sysroot, "DIR", [.fadumpStatus, .fadumpPlan], "status, plan: the machine whose /proc and /sys are recorded in DIR"),
        row(
            .registersSize, "BYTES", [.fadumpHeader, .fadumpPlan],
            "header: of the capture kernel's struct pt_regs; plan: of either kernel's (default: 384)"),
        row(
            .cpuMaskSize, "BYTES", [.fadumpHeader, .fadumpPlan],
            "header: of the capture kernel's struct cpumask, an eighth of NR_CPUS in whole words; plan: of either kernel's (default: 256)"),
        row(.byteOrder, "little|big", [.fadumpHeader], "header: the capture kernel's"),
        row(.header, "FILE", [.fadumpElfcorehdr], "elfcorehdr: the crash info header"),
        row(.regions, "FILE", [.fadumpElfcorehdr], "elfcorehdr: what fadump_region printed, or the same as JSON"),
        row(
            .memory, "FILE|SIZE", [.fadumpElfcorehdr, .fadumpPlan],
            "elfcorehdr: the capture kernel's /proc/iomem, or a list of ranges as JSON; plan: how much memory there is"),
        row(.output, "FILE", [.fadumpElfcorehdr], "elfcorehdr: where it is written to"),
        row(
            .memoryReserved, "BYTES", [.fadumpElfcorehdr],
            "elfcorehdr: what mem_reserved of the crashed kernel told, which OPAL machines need"),
        row(.crashKernel, "SIZE", [.fadumpPlan], "plan: what crashkernel= asks for"),
        row(.reserveMemory, "SIZE", [.fadumpPlan], "plan: what fadump_reserve_mem= asks for, where crashkernel= asks for nothing"),
        row(
            .kernelRelease, "VERSION", [.fadumpHeader, .fadumpPlan],
            "header: the capture kernel's (before 6.10 it takes older dumps alone); plan: before 5.18 boot memory is a multiple of 16 MiB"),
        row(.platform, "pseries|powernv", [.fadumpPlan], "plan: the kind of machine (default: that of the device tree, else pseries)"),
        row(.pageSize, "BYTES", [.fadumpPlan], "plan: the kernel's pages, 4K or 64K (default: 64K)"),
        row(
            .cpuStateSize, "SIZE", [.fadumpPlan],
            "plan: what the firmware asks for the CPUs' registers (default: what it tells in the device tree)"),
        row(
            .hptSize, "SIZE", [.fadumpPlan],
            "plan: what the firmware asks for the hash page table (default: what it tells in the device tree)"),
        row(.memoryRegions, "N", [.fadumpPlan], "plan: ranges of memory at boot (default: 1)"),
        row(.bootRegions, "N", [.fadumpPlan], "plan: ranges of boot memory (default: 1)"),
        OptionRow(.version, "v", in: .fadump, with: [], help: "print the version"),
        OptionRow(.help, "h", in: .fadump, with: [], help: "print this help"),
    ]

    private static func row(_ id: OptionID, _ argument: String, _ actions: Set<Action>, _ help: String) -> OptionRow {
        OptionRow(id, taking: argument, in: .fadump, with: actions, help: help)
    }
}

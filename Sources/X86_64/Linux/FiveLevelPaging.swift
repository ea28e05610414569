import HostState
import LoadPlan
import PhysicalMemory

/// Five levels of page tables instead of four (Documentation/arch/x86/x86_64/5level-paging.rst).
///
/// CR4.LA57 cannot change while paging is on, so a kernel that is entered in 64-bit mode finds it as
/// the running kernel has it. Where the kernel is entered otherwise, purgatory has switched paging
/// off, and the bit with it.
extension Kernel {
    /// What the kernel's own loader refuses, too (arch/x86/kernel/kexec-bzimage64.c).
    func checkPaging(on host: HostState, name: String) throws(PlanError) {
        guard host.usesFiveLevelPaging, takesFiveLevelPaging == false else { return }
        throw .unsuitable(
            name,
            "cannot be entered while five-level paging is on, as it is here (la57 in /proc/cpuinfo; XLF_5LEVEL, bit 5, is missing in its xloadflags): add --entry-32bit, or boot this machine with no5lvl"
        )
    }

    func pagingWarning(on host: HostState, name: String) -> String? {
        guard host.usesFiveLevelPaging, takesFiveLevelPaging == nil else { return nil }
        return
            "\(name): five-level paging is on here and stays on, and an ELF file does not show whether it can be entered so (Linux 4.17 and newer with CONFIG_X86_5LEVEL can)"
    }

    /// The end of the memory that the kernel can be started from and with: it knows of no other
    /// before it has mapped that. Linux reserves memory for a crash kernel below 64 TiB for the same
    /// reason.
    func mappableEnd(_ commandLine: KernelCommandLine) -> PhysicalAddress {
        usesFiveLevelPaging && !commandLine.contains("no5lvl") ? Layout.highestAddress : Layout.fourLevelLimit
    }
}

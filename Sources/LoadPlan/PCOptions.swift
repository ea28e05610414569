import KernelImage
import PhysicalMemory

extension LoadRequest {
    /// For architectures other than x86: what only a PC's kernels, or its purgatory, can do is refused.
    public func refusePCOptions() throws(PlanError) {
        if let entry {
            throw .entry(entry == .realMode ? "--real-mode" : "--entry-32bit", "only x86 kernels have such an entry point")
        }
        if let module = modules.first { throw .unsuitable(module.name, "only a multiboot image takes modules") }
        if preservesContext { throw .entry("--load-preserve-context", "only x86 kernels jump back") }
        if arguments != .linux { throw .entry("--args-elf, --args-none", "only x86 ELF files are started without Linux' own arguments") }
        if screen.isConsole || screen.isReset { throw .entry("--console-vga, --reset-vga", "only a PC has a VGA") }
        if passesMemoryMap { throw .entry("--pass-memmap-cmdline", "only x86 kernels take memmap=") }
    }
}

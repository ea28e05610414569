import HostState
import LoadPlan
import PhysicalMemory

/// The boot information of a multiboot image, before it is put into the form of either specification.
struct BootInformation {
    struct Module {
        let memory: PhysicalRange
        /// Of the file, without the rest of the last page.
        let size: ByteCount
        /// What the user gave for it: the file's name, and arguments.
        let text: [UInt8]
    }

    static let bootLoaderName = Array("swkexec".utf8)

    /// The image's name, then its arguments: a loader that does not call itself GRUB 2 is expected
    /// to begin with the name.
    let commandLine: KernelCommandLine
    let memoryMap: [E820Entry]
    let modules: [Module]
    /// Its copy is the only way to ACPI for a kernel on an EFI machine. EFI's system table is not
    /// handed on: since this boot's kernel has moved the runtime services, its pointers are of that
    /// kernel's virtual memory.
    let acpiRoot: ACPIRootPointer?
    /// Where the image's first byte lies; nil where only the link address is possible.
    let loadBase: PhysicalAddress?
}

extension BootInformation {
    /// mem_lower: KiB of RAM from address 0, at most 640. The first page counts though the kernel
    /// shows it as reserved.
    var lowerKibibytes: UInt32 {
        guard let conventional = Layout.conventionalMemory else { return 0 }
        let end = endOfRAM(from: PhysicalAddress(ByteCount.page.rawValue))
        return end.map { UInt32(clamping: min($0, conventional.end).rawValue >> 10) } ?? 0
    }

    /// mem_upper: KiB of RAM from 1 MiB up to the first hole.
    var upperKibibytes: UInt32 {
        endOfRAM(from: Layout.lowestKernel).map { UInt32(clamping: ($0.rawValue - Layout.lowestKernel.rawValue) >> 10) } ?? 0
    }

    /// Where the RAM that holds this address ends, ranges that touch taken together.
    private func endOfRAM(from start: PhysicalAddress) -> PhysicalAddress? {
        var end: PhysicalAddress?
        for entry in memoryMap where entry.kind == .ram {
            if entry.range.contains(end ?? start) { end = entry.range.end }
        }
        return end
    }
}

extension E820Entry.Kind {
    /// The type in the memory maps of both specifications: all but these are "reserved".
    var multibootType: UInt32 {
        switch self {
        case .ram: 1
        case .acpi: 3
        case .acpiNonVolatile: 4
        case .unusable: 5
        case .reserved, .persistent, .protected, .softReserved: 2
        }
    }
}

import HostState
import PhysicalMemory

/// The memory map that the capture kernel is given: little enough RAM that it leaves the crashed
/// kernel's memory alone, and everything that firmware needs.
enum CrashMemoryMap {
    /// RAM: conventional memory, and the crash kernel's regions without the elfcorehdr. Every
    /// reserved, ACPI and persistent range stays what it is.
    static func entries(_ host: HostState, elfcorehdr: PhysicalRange) -> [E820Entry] {
        var ram: [PhysicalRange] = []
        if let conventional = Layout.conventionalMemory { ram += host.systemRAM.clipped(to: conventional) }
        ram += (host.crashRegions + host.crashCMARanges).subtracting([elfcorehdr])
        var entries = ram.map { E820Entry(range: $0, kind: .ram) }
        for resource in host.ioMemory.resources {
            if let kind = E820Entry.Kind(resourceName: resource.name) { entries.append(E820Entry(range: resource.range, kind: kind)) }
        }
        return entries.sorted { ($0.range.start, $0.range.end) < ($1.range.start, $1.range.end) }
    }
}

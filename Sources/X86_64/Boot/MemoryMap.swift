import HostState
import PhysicalMemory

/// The memory map that the next kernel is given.
enum MemoryMap {
    /// For a capture kernel: little enough RAM that it leaves the crashed kernel's memory alone,
    /// and everything that firmware needs. RAM is conventional memory, and the crash kernel's
    /// regions without the elfcorehdr; every reserved, ACPI and persistent range stays what it is.
    static func forCrash(_ host: HostState, elfcorehdr: PhysicalRange?) -> [E820Entry] {
        var ram: [PhysicalRange] = []
        if let conventional = Layout.conventionalMemory { ram += host.systemRAM.clipped(to: conventional) }
        return forGuest(host, ram: ram + host.captureMemory, elfcorehdr: elfcorehdr)
    }

    /// For a kernel that runs beside another one, in this RAM and no other.
    static func forGuest(_ host: HostState, ram: [PhysicalRange], elfcorehdr: PhysicalRange?) -> [E820Entry] {
        let free = ram.subtracting([elfcorehdr].compactMap { $0 })
        return sorted(free.map { E820Entry(range: $0, kind: .ram) } + notRAM(host.ioMemory))
    }

    /// For a kernel that takes the whole machine: the firmware's map, as this boot's kernel got it;
    /// where the kernel does not export it, what /proc/iomem shows.
    static func forReboot(_ host: HostState) -> [E820Entry] {
        guard let firmwareMap = host.firmwareMap else {
            return sorted(host.systemRAM.map { E820Entry(range: $0, kind: .ram) } + notRAM(host.ioMemory))
        }
        return sorted(
            firmwareMap.compactMap { entry in
                entry.name == "System RAM"
                    ? E820Entry(range: entry.range, kind: .ram)
                    : E820Entry.Kind(resourceName: entry.name).map { E820Entry(range: entry.range, kind: $0) }
            })
    }

    private static func notRAM(_ memory: IOMemory) -> [E820Entry] {
        memory.resources.compactMap { resource in
            E820Entry.Kind(resourceName: resource.name).map { E820Entry(range: resource.range, kind: $0) }
        }
    }

    private static func sorted(_ entries: [E820Entry]) -> [E820Entry] {
        entries.sorted { ($0.range.start, $0.range.end) < ($1.range.start, $1.range.end) }
    }
}

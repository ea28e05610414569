import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// The memory map that the next kernel is given. What is RAM in it is also what decides where segments may lie.
struct MemoryMap {
    /// In address order; what is RAM is nothing else.
    let entries: [E820Entry]
    /// What the user should know of how it was chosen.
    let warnings: [String]

    /// RAM, in address order; ranges that touch are one.
    var ram: [PhysicalRange] { entries.filter { $0.kind == .ram }.map(\.range).joined() }

    private init(ram: [PhysicalRange], besides others: [E820Entry], warnings: [String] = []) {
        // Firmware's maps may overlap; the kernel, too, takes the other kind then (e820__update_table).
        let free = ram.subtracting(others.map(\.range)).map { E820Entry(range: $0, kind: .ram) }
        entries = (free + others).sorted { ($0.range.start, $0.range.end) < ($1.range.start, $1.range.end) }
        self.warnings = warnings
    }

    /// The same map without memory that the next kernel must not take for its own: the elfcorehdr.
    func keeping(_ taken: PhysicalRange?) -> MemoryMap {
        let ram = entries.filter { $0.kind == .ram }.map(\.range).subtracting([taken].compactMap { $0 })
        return MemoryMap(ram: ram, besides: entries.filter { $0.kind != .ram }, warnings: warnings)
    }

    // MARK: - A part of the machine

    /// For a capture kernel: little enough RAM that it leaves the crashed kernel's memory alone,
    /// and what firmware needs. RAM is conventional memory, and the crash kernel's regions.
    static func forCrash(_ host: HostState) -> MemoryMap {
        let conventional = [Layout.conventionalMemory].compactMap { $0 }.flatMap { host.nextKernelRAM.clipped(to: $0) }
        return forGuest(host, ram: conventional + host.captureMemory)
    }

    /// For a kernel that runs beside another one, in this RAM and no other.
    static func forGuest(_ host: HostState, ram: [PhysicalRange]) -> MemoryMap {
        let known = host.ioMemory.resources.compactMap { resource in
            E820Entry.Kind(resourceName: resource.name).map { E820Entry(range: resource.range, kind: $0) }
        }
        let shown = known.filter { entry in
            switch entry.kind {
            case .ram, .softReserved: false
            // The driver that has made RAM of it once would do so again, with the dead kernel's in it.
            case .persistent, .protected: !host.dumpedRAM.contains { $0.overlaps(entry.range) }
            case .reserved, .acpi, .acpiNonVolatile, .unusable: true
            }
        }
        let unknown = (host.firmwareMap ?? []).filter { $0.isOfUnknownKind }.map(\.range).subtracting(known.map(\.range) + ram)
        return MemoryMap(ram: ram, besides: shown + unknown.map { E820Entry(range: $0, kind: .reserved) })
    }

    // MARK: - The whole machine

    /// For a kernel that takes the whole machine: the firmware's map, as this boot's kernel got it. It is what the kernel's own loader
    /// hands on, too (arch/x86/kernel/kexec-bzimage64.c, setup_e820_entries); parameters that change a kernel's map are the next one's
    /// own to give. What /proc/iomem shows is taken where the kernel does not export firmware's map, and where it was told that
    /// firmware's is not all of it.
    static func forReboot(_ host: HostState) -> MemoryMap {
        let parameters = host.commandLine.map { KernelCommandLine($0) }
        let completes = parameters?.contains(addsEFIMap) ?? false
        guard let firmwareMap = host.firmwareMap, !firmwareMap.isEmpty, !completes else {
            let known = host.ioMemory.resources.compactMap { resource in
                E820Entry.Kind(resourceName: resource.name).map { E820Entry(range: resource.range, kind: $0) }
            }
            return MemoryMap(
                ram: host.nextKernelRAM, besides: known,
                warnings: MapChoice.running(
                    changedBy: parameters?.words(of: changingParameters) ?? [], file: "\(host.root.file(IOMemory.name))"))
        }
        let map = MemoryMap(
            ram: firmwareMap.filter(\.isRAM).map(\.range),
            besides: firmwareMap.filter { !$0.isRAM }.map { entry in
                E820Entry(range: entry.range, kind: E820Entry.Kind(resourceName: entry.name) ?? .reserved)
            })
        let choice = MapChoice(
            handedOver: map.ram, of: "firmware's (\(host.root.file(FirmwareRange.folder)))", parameters: changingParameters)
        return MemoryMap(ram: map.ram, besides: map.entries.filter { $0.kind != .ram }, warnings: choice.warnings(on: host))
    }

    private static let addsEFIMap = "add_efi_memmap"
    /// Parameters by which the running kernel's map differs from firmware's (Documentation/admin-guide/kernel-parameters.txt; memmap= in all
    /// its forms).
    private static let changingParameters = ["mem", "memmap", addsEFIMap, "efi_fake_mem"]
}

extension FirmwareRange {
    /// Of a kind that this program has no number for: a newer one, or one that the running kernel has no name for itself.
    fileprivate var isOfUnknownKind: Bool { !isRAM && E820Entry.Kind(resourceName: name) == nil }
}

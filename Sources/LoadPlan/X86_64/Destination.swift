import HostState
import PhysicalMemory

/// What a load for a panic and a load for a reboot do differently: where segments may be, what
/// the next kernel takes for RAM, and the elfcorehdr.
struct Destination {
    /// Where segments may be placed, in address order.
    let usableMemory: [PhysicalRange]
    /// Nil for a reboot.
    let elfcorehdr: ElfcorehdrSegment?

    init(_ request: LoadRequest, on host: HostState, machine: UInt16) throws(PlanError) {
        switch request.purpose {
        case .crash:
            // The higher of the crash kernel's regions: the kernel takes segments nowhere else.
            guard let region = host.crashRegions.last else { throw .noCrashRegion(host.crashRegionSource) }
            usableMemory = [region]
            elfcorehdr = try ElfcorehdrSegment(
                try CrashElfcorehdr.header(host, machine: machine), capacity: request.hotplug ? host.elfcorehdrCapacity : nil,
                pageSize: .page)
        case .reboot:
            // The crash kernel's region is left alone: what is loaded there stays valid until the
            // reboot, and the first MiB belongs to firmware and to the entry from real mode.
            usableMemory = host.systemRAM.subtracting(host.crashRegions + [Layout.firstMebibyte].compactMap { $0 })
            elfcorehdr = nil
            guard !usableMemory.isEmpty else { throw .rule(nil, "\(host.root.file(IOMemory.name)) shows no RAM above the first MiB") }
        }
    }

    /// The highest address that a segment can have; it stands for one that is not known yet.
    var highestAddress: PhysicalAddress { usableMemory.last?.last ?? PhysicalAddress(0) }
}

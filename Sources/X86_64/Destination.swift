import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// What a load for a panic, for a reboot and for a visit to another kernel do differently: where
/// segments may be, what the next kernel takes for RAM, and the elfcorehdr.
struct Destination {
    /// Where segments may be placed, in address order.
    let usableMemory: [PhysicalRange]
    /// All that the other kernel has, where this one keeps its context; nil where it does not.
    let sharedMemory: SharedMemory?
    /// Nil where the next kernel will not see this one's memory.
    let elfcorehdr: ElfcorehdrSegment?

    init(_ request: LoadRequest, on host: HostState, machine: UInt16) throws(PlanError) {
        if request.preservesContext {
            let shared = try SharedMemory(request, on: host)
            sharedMemory = shared
            usableMemory = shared.high
            elfcorehdr =
                shared.holdsThisKernel
                ? nil
                : try ElfcorehdrSegment(
                    try CrashElfcorehdr.header(host, machine: machine, leavingOut: shared.high), capacity: nil, pageSize: .page)
            return
        }
        sharedMemory = nil
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

    /// The next kernel has but a part of the machine.
    var limitsMemory: Bool { sharedMemory != nil || elfcorehdr != nil }

    /// The highest address that a segment can have; it stands for one that is not known yet.
    var highestAddress: PhysicalAddress { usableMemory.last?.last ?? PhysicalAddress(0) }
}

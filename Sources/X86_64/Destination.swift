import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// What a load for a panic, for a reboot and for a visit to another kernel do differently: where
/// segments may be, what the next kernel takes for RAM, and the elfcorehdr.
struct Destination {
    /// What the next kernel is told of memory, before the elfcorehdr is taken out.
    let memoryMap: MemoryMap
    /// Where segments may be placed, in address order.
    let usableMemory: [PhysicalRange]
    /// All that the other kernel has, where this one keeps its context; nil where it does not.
    let sharedMemory: SharedMemory?
    /// Nil where the next kernel will not see this one's memory.
    let elfcorehdr: ElfcorehdrSegment?

    init(_ request: LoadRequest, on host: HostState) throws(PlanError) {
        if request.preservesContext {
            let shared = try SharedMemory(request, on: host)
            sharedMemory = shared
            memoryMap = MemoryMap.forGuest(host, ram: shared.all)
            usableMemory = shared.high.intersecting(memoryMap.ram)
            elfcorehdr =
                shared.holdsThisKernel
                ? nil
                : try ElfcorehdrSegment(try Elfcorehdr(host, without: shared.high), capacity: nil, pageSize: .page)
            return
        }
        sharedMemory = nil
        switch request.purpose {
        case .crash:
            memoryMap = MemoryMap.forCrash(host)
            usableMemory = [try host.crashRegion()].intersecting(memoryMap.ram)
            elfcorehdr = try ElfcorehdrSegment(
                try Elfcorehdr(host), capacity: request.hotplug ? host.elfcorehdrCapacity : nil, pageSize: .page)
        case .reboot:
            // The first MiB belongs to firmware and to the entry from real mode.
            memoryMap = MemoryMap.forReboot(host)
            usableMemory = host.memoryForReboot(in: memoryMap.ram, without: [Layout.firstMebibyte].compactMap { $0 })
            elfcorehdr = nil
        }
        guard !usableMemory.isEmpty else {
            throw .rule(
                nil, "\(host.root.file(IOMemory.name)) shows no RAM for an image above the first MiB that is RAM of the new kernel, too")
        }
    }

    /// The next kernel has but a part of the machine.
    var limitsMemory: Bool { sharedMemory != nil || elfcorehdr != nil }
}

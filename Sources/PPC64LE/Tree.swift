import DeviceTree
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// The device tree that the new kernel gets: the running one, changed.
extension Load: DeviceTreeLoad {
    /// What the running kernel wrote about itself (export_crashk_values() of arch/powerpc/kexec/core.c,
    /// export_htab_values() of core_64.c).
    private static let propertiesOfKernel = [
        "linux,crashkernel-base", "linux,crashkernel-size", "linux,kernel-end", "linux,memory-limit", "linux,htab-base",
        "linux,htab-size",
    ]
    /// What the kernel adds itself to each PCI host bridge.
    private static let foreignEverywhere = "linux,pci-domain"

    func tree(_ commandLine: KernelCommandLine, _ places: Places) throws(DeviceTreeError) -> DeviceTree {
        var tree = oldTree
        // The running tree shows none; a file (--dtb) may have firmware's.
        tree.reservations += reservations(places)
        // Purgatory overwrites it by the CPU that it runs on.
        tree.bootCPU = 0
        tree.root.removeEverywhere(Self.foreignEverywhere)
        try tree.edit("/chosen", creating: true) { chosen in
            for name in Self.propertiesOfKernel { chosen[name] = nil }
            chosen.setCommandLine(commandLine)
            chosen["linux,booted-from-kexec"] = []
            chosen["rng-seed"] = request.rngSeed
            chosen.setInitrd(initrd(places))
        }
        if request.purpose == .crash, let region = host.crashRegions.last {
            // From 0 on, since kernels want memory there to begin with.
            let own = PhysicalRange(start: PhysicalAddress(0), end: region.end)
            try tree.limitMemory(to: ([own].compactMap { $0 } + host.captureMemory + firmware.memory).normalized())
        }
        return tree
    }

    /// Memory that the kernel must not take for free.
    private func reservations(_ places: Places) -> [PhysicalRange] {
        let always = [places[.fdt], initrd(places)].compactMap { $0 } + firmware.memory
        guard request.purpose == .crash, let region = host.crashRegions.last else { return always }
        // The crashed kernel's memory below the region; low memory has been saved.
        let crashed = PhysicalRange(start: PhysicalAddress(Layout.lowMemory.rawValue), end: region.start)
        return [crashed].compactMap { $0 }.subtracting(host.captureMemory) + [places[.backup], places[.elfcorehdr]].compactMap { $0 }
            + always
    }

    /// For every CPU that can still come, and for what else changes in the nodes of CPUs.
    func roomToGrow(_ tree: DeviceTree) throws(DeviceTreeError) -> ByteCount? {
        guard isHotplug else { return nil }
        return try tree.roomForCPUs(possible: host.possibleCPUs).adding(Self.roomForChanges) ?? ByteCount(.max as UInt64)
    }

    /// Caches that come with CPUs, other properties.
    private static let roomForChanges = ByteCount.kibibytes(4)
}

extension DeviceTree {
    /// Keeps the kernel from all memory but this: a crash kernel's own, and what firmware keeps
    /// there.
    fileprivate mutating func limitMemory(to usable: [PhysicalRange]) throws(DeviceTreeError) {
        let cells = try locatedRoot.cells()
        let nodes = memoryNodes
        guard !nodes.isEmpty else { throw .noMemory }
        for node in nodes {
            let parts = (try node.ranges() ?? []).flatMap { usable.clipped(to: $0) }
            // The kernel passes over an entry of 0 bytes.
            let value = try parts.isEmpty ? cells.bytesOfNothing() : cells.bytes(parts)
            try edit(node.path) { $0["linux,usable-memory"] = value }
        }
        if let blocks = try DynamicMemory(self) {
            let value = try blocks.usableMemory(usable, cells: cells)
            try edit(DynamicMemory.path) { $0["linux,drconf-usable-memory"] = value }
        }
    }

    /// Bytes by which the blob grows when every CPU that can still come has come. The kernel then
    /// writes the whole node /cpus anew, each core a node with all its properties
    /// (arch/powerpc/kexec/core_64.c, update_cpus_node).
    fileprivate func roomForCPUs(possible threads: Int) throws(DeviceTreeError) -> ByteCount {
        let cores = node("/cpus")?.children.filter { $0["device_type"] == Array("cpu\0".utf8) }.map(\.node) ?? []
        guard let largest = cores.max(by: { $0.structureSize < $1.structureSize }) else { return .zero }
        let threadsPerCore = max(1, (largest["ibm,ppc-interrupt-server#s"]?.count ?? 4) / 4)
        let possible = (max(0, threads) + threadsPerCore - 1) / threadsPerCore
        let missing = max(0, possible - cores.count)
        // The kernel writes the property `name` of each node, too, which trees are mostly without.
        let name = largest.synthesizedName
        let names = name.structureSize.rawValue * UInt64(cores.count + missing + 1)
        var core = largest
        core.properties.append(name)
        let strings = try newStringsSize(for: core)
        let (room, overflow) = (largest.structureSize.rawValue + Self.longestUnitAddress).multipliedReportingOverflow(by: UInt64(missing))
        return ByteCount(overflow ? .max : room).adding(ByteCount(names + strings.rawValue)) ?? ByteCount(.max as UInt64)
    }

    /// How much longer than another core's name a name may be: "@0" or "@ffffffff".
    private static let longestUnitAddress: UInt64 = 8
}

extension DeviceTree.Node {
    fileprivate mutating func removeEverywhere(_ property: String) {
        self[property] = nil
        for index in children.indices { children[index].removeEverywhere(property) }
    }
}

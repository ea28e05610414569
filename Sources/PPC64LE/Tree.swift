import DeviceTree
import HostState
import LoadPlan
import PhysicalMemory

extension PPC64LE {
    /// The device tree that the new kernel gets: the running one, changed.
    struct NewTree {
        /// What the running kernel or its loader wrote for itself.
        private static let foreignProperties = [
            "bootargs", "linux,initrd-start", "linux,initrd-end", "linux,crashkernel-base", "linux,crashkernel-size",
            "linux,kernel-end", "linux,memory-limit", "linux,htab-base", "linux,htab-size",
        ]
        /// What the kernel adds itself to each PCI host bridge.
        private static let foreignEverywhere = "linux,pci-domain"

        private(set) var tree: DeviceTree

        /// - Parameters:
        ///   - initrd: where it is loaded
        ///   - reservations: memory that the kernel must not take for free
        init(
            changing running: DeviceTree, commandLine: KernelCommandLine, initrd: PhysicalRange?,
            reservations: [PhysicalRange], rngSeed: [UInt8]
        ) throws(PlanError) {
            tree = running
            tree.reservations = reservations
            // Purgatory overwrites it by the CPU that it runs on.
            tree.bootCPU = 0
            tree.root.removeEverywhere(Self.foreignEverywhere)
            do throws(DeviceTreeError) {
                try tree.edit("/chosen", creating: true) { chosen in
                    for name in Self.foreignProperties { chosen[name] = nil }
                    chosen["bootargs"] = commandLine.bytes + [0]
                    chosen["linux,booted-from-kexec"] = []
                    chosen["rng-seed"] = rngSeed
                    if let initrd {
                        chosen.set("linux,initrd-start", u64: initrd.start.rawValue)
                        chosen.set("linux,initrd-end", u64: initrd.end.rawValue)
                    }
                }
            } catch {
                throw .deviceTree(error)
            }
        }

        /// Keeps the kernel from all memory but this: a crash kernel's own, and what firmware keeps
        /// there.
        mutating func limitMemory(to usable: [PhysicalRange]) throws(PlanError) {
            do throws(DeviceTreeError) {
                let cells = try tree.locatedRoot.cells()
                let nodes = tree.memoryNodes
                guard !nodes.isEmpty else { throw .noMemory }
                for node in nodes {
                    let parts = (try node.ranges() ?? []).flatMap { usable.clipped(to: $0) }
                    // The kernel passes over an entry of 0 bytes.
                    let value = try parts.isEmpty ? cells.bytesOfNothing() : cells.bytes(parts)
                    try tree.edit(node.path) { $0["linux,usable-memory"] = value }
                }
                if let blocks = try DynamicMemory(tree) {
                    let value = try blocks.usableMemory(usable, cells: cells)
                    try tree.edit(DynamicMemory.path) { $0["linux,drconf-usable-memory"] = value }
                }
            } catch {
                throw .deviceTree(error)
            }
        }

        func flattened(extraRoom: ByteCount = .zero) throws(PlanError) -> [UInt8] {
            do { return try tree.flattened(extraRoom: extraRoom) } catch { throw .deviceTree(error) }
        }

        /// Bytes by which the blob grows when every CPU that can still come has come. The kernel then
        /// writes the whole node /cpus anew, each core a node with all its properties
        /// (arch/powerpc/kexec/core_64.c, update_cpus_node).
        func roomForCPUs(possible threads: Int) throws(PlanError) -> ByteCount {
            let cores = tree.node("/cpus")?.children.filter { $0["device_type"] == Array("cpu\0".utf8) }.map(\.node) ?? []
            guard let largest = cores.max(by: { $0.structureSize < $1.structureSize }) else { return .zero }
            let threadsPerCore = max(1, (largest["ibm,ppc-interrupt-server#s"]?.count ?? 4) / 4)
            let possible = (max(0, threads) + threadsPerCore - 1) / threadsPerCore
            let missing = max(0, possible - cores.count)
            // The kernel writes the property `name` of each node, too, which trees are mostly without.
            let name = largest.synthesizedName
            let names = name.structureSize.rawValue * UInt64(cores.count + missing + 1)
            var core = largest
            core.properties.append(name)
            let strings: ByteCount
            do { strings = try tree.newStringsSize(for: core) } catch { throw .deviceTree(error) }
            let (room, overflow) = (largest.structureSize.rawValue + Self.longestUnitAddress).multipliedReportingOverflow(
                by: UInt64(missing))
            return ByteCount(overflow ? .max : room).adding(ByteCount(names + strings.rawValue)) ?? ByteCount(.max as UInt64)
        }

        /// How much longer than another core's name a name may be: "@0" or "@ffffffff".
        private static let longestUnitAddress: UInt64 = 8
    }
}

extension DeviceTree.Node {
    fileprivate mutating func removeEverywhere(_ property: String) {
        self[property] = nil
        for index in children.indices { children[index].removeEverywhere(property) }
    }
}

import DeviceTree
import PlanChecker
import TestSupport

/// A partition of a POWER machine, or a machine without a hypervisor: RAM from 0 on, in nodes and in blocks that come and go.
extension RandomMachine {
    static func powerPC(_ choices: inout Choices) -> RandomMachine {
        var machine = RandomMachine(.ppc64le)
        machine.makePowerPC(&choices)
        return machine
    }

    private static let page: UInt64 = 0x1_0000

    private mutating func makePowerPC(_ choices: inout Choices) {
        facts.directMap = 0xc000_0000_0000_0000
        var root = DeviceTree.Node.root(compatible: "IBM,pSeries")
        let first = Extent(0, choices.size(64 << 20...8 << 30, unit: 1 << 24))
        var nodes: [[Extent]] = [[first]]
        var end = first.end
        for _ in 0..<choices.number(0...4) {
            if choices.percent(40) { end += choices.size(1 << 24...1 << 36, unit: 1 << 24) }
            let extent = Extent(end, end + choices.size(1 << 24...1 << 36, unit: 1 << 24))
            end = extent.end
            // A node may have several ranges.
            if choices.percent(20) { nodes[nodes.count - 1].append(extent) } else { nodes.append([extent]) }
        }
        for (index, extents) in nodes.enumerated() { root.children.append(.memory(extents, node: UInt64(index))) }
        var ram = AddressSet(nodes.flatMap { $0 })
        if choices.percent(50) { root.children.append(blocks(from: &end, &ram, &choices)) }
        facts.driverManaged = AddressSet()
        if choices.percent(15) {
            let extent = Extent(end + 1 << 24, end + 3 << 24)
            facts.driverManaged = AddressSet([extent])
            driversResources = [
                .init(extent.start, extent.end - 1, "Persistent Memory"),
                .init(extent.start, extent.end - 1, "System RAM (kmem)", level: 1),
            ]
        }
        facts.ram = ram.union(facts.driverManaged)
        reserve(first, ram, &root, &choices)
        showRAM(ram, children: [])
        sysroot.iomem += driversResources
        root.files(below: "proc/device-tree", into: &treeFiles)
        sysroot.release = "7.2.0-random"
    }

    /// Blocks in the newer encoding; some of them do not belong to this machine.
    private func blocks(from end: inout UInt64, _ ram: inout AddressSet, _ choices: inout Choices) -> DeviceTree.Node {
        let size: UInt64 = choices.pick([16 << 20, 256 << 20])
        end = (end + size - 1) / size * size
        var cells: [UInt64] = []
        let runs = choices.number(0...6)
        var extents: [Extent] = []
        for run in 0..<runs {
            let count = choices.number(1...20)
            let flags: UInt64 = choices.pick([0x8, 0x8, 0x8, 0, 0x80, 0x88])
            cells += [count, end >> 32, end & 0xffff_ffff, 0x8000_0000 + run, run, flags]
            if flags == 0x8 { extents.append(Extent(end, end + count * size)) }
            end += count * size
        }
        ram = ram.union(AddressSet(extents))
        var node = DeviceTree.Node("ibm,dynamic-reconfiguration-memory")
        node.put("ibm,lmb-size", long: size)
        node.put("ibm,dynamic-memory-v2", cells: [runs] + cells)
        return node
    }

    private mutating func reserve(_ first: Extent, _ ram: AddressSet, _ root: inout DeviceTree.Node, _ choices: inout Choices) {
        var chosen = DeviceTree.Node("chosen")
        chosen.put("bootargs", text: "root=/dev/vda2 console=hvc0")
        let kernelEnd = choices.size(4 << 20...32 << 20, unit: Self.page)
        chosen.put("linux,kernel-end", long: kernelEnd)
        var low = AddressSet([Extent(kernelEnd, first.end)])
        var free = ram.subtracting(Extent(0, kernelEnd))
        let isPartition = choices.percent(75)
        if isPartition {
            var vector = [UInt8](repeating: 0, count: 27)
            if choices.percent(75) {
                vector[24] = 0x40
            } else {
                // A vector is cut behind its last bit.
                vector = Array(vector.prefix(choices.pick([27, 24, 8])))
                facts.realModeEnd = first.end
            }
            chosen["ibm,architecture-vec-5"] = vector
        }
        // Inside the crash region or beside it.
        var region: Extent?
        if choices.percent(92) {
            var places = facts.realModeEnd == nil && choices.percent(30) ? free : low
            region = Self.take(from: &places, sizes: 1 << 20...1 << 30, alignment: choices.pick([1 << 16, 1 << 20, 1 << 24]), &choices)
        }
        if let region {
            facts.crashRegions = [region]
            chosen.put("linux,crashkernel-base", long: region.start)
            chosen.put("linux,crashkernel-size", long: region.size)
        }
        addFirmware(isPartition: isPartition, region, &low, &root, &choices)
        if let region { (low, free) = (low.subtracting(region), free.subtracting(region)) }
        free = free.subtracting(facts.firmwareCode)
        var kept: [Extent] = []
        for _ in 0..<choices.number(0...3) {
            if let part = Self.take(from: &free, sizes: Self.page...64 << 20, alignment: Self.page, &choices) { kept.append(part) }
        }
        if choices.percent(50) { root.put("reserved-ranges", extents: kept) } else { root.children.append(.reservedMemory(kept)) }
        if !isPartition, choices.percent(30), let table = Self.take(from: &free, sizes: 1 << 20...64 << 20, alignment: 1 << 20, &choices) {
            chosen.put("linux,htab-base", long: table.start)
            chosen.put("linux,htab-size", long: table.size)
            kept.append(table)
        }
        facts.reserved = AddressSet(kept).union(facts.firmwareCode)
        if region != nil, choices.percent(15), let cma = Self.take(from: &free, sizes: 1 << 20...1 << 28, alignment: 1 << 20, &choices) {
            facts.crashCMA = AddressSet([cma])
            sysroot.files["sys/kernel/kexec/crash_cma_ranges"] = "\(String(cma.start, radix: 16))-\(String(cma.end - 1, radix: 16))\n"
        }
        root.children.append(chosen)
        addCPUs(kernelEnd, &root, &choices)
    }

    private mutating func addFirmware(
        isPartition: Bool, _ region: Extent?, _ low: inout AddressSet, _ root: inout DeviceTree.Node, _ choices: inout Choices
    ) {
        var places = AddressSet((region.flatMap { choices.percent(40) ? $0 : nil }).map { [$0] } ?? low.extents)
        if isPartition { places = places.intersection(Extent(0, 1 << 32)) }
        guard let code = Self.take(from: &places, sizes: 0x1_0000...0x40_0000, alignment: Self.page, &choices) else { return }
        facts.firmwareCode = AddressSet([code])
        var node = DeviceTree.Node(isPartition ? "rtas" : "ibm,opal")
        if isPartition {
            node.put("linux,rtas-base", cells: [code.start])
            node.put("linux,rtas-entry", cells: [code.start])
            node.put("rtas-size", cells: [code.size])
        } else {
            node.put("opal-base-address", long: code.start)
            node.put("opal-entry-address", long: code.start + 0x100)
            node.put("opal-runtime-size", long: code.size)
        }
        root.children.append(node)
    }

    private mutating func addCPUs(_ kernelEnd: UInt64, _ root: inout DeviceTree.Node, _ choices: inout Choices) {
        let threads = choices.pick([1, 4, 8] as [UInt64])
        let cores = choices.number(1...3)
        facts.missingCores = Int(choices.number(0...5))
        var cpus = DeviceTree.Node("cpus")
        cpus.put("#address-cells", cells: [1])
        cpus.put("#size-cells", cells: [0])
        for core in 0..<cores {
            var node = DeviceTree.Node("PowerPC,POWER10@" + String(core * threads, radix: 16))
            node.put("device_type", text: "cpu")
            node.put("reg", cells: [core * threads])
            node.put("ibm,ppc-interrupt-server#s", cells: (0..<threads).map { core * threads + $0 })
            node["ibm,pa-features"] = choices.bytes(Int(choices.number(0...70)))
            cpus.children.append(node)
        }
        root.children.append(cpus)
        let possible = (Int(cores) + facts.missingCores) * Int(threads)
        facts.elfcorehdrCapacity = choices.percent(85) ? UInt64(64 + (possible + 1 + Int(choices.pick([8, 8192] as [UInt64]))) * 56) : nil
        sysroot.elfcorehdrCapacity = facts.elfcorehdrCapacity
        sysroot.generation = .newName
        textOfKernel = Extent(0, kernelEnd)
        describeKernel(text: textOfKernel, virtual: facts.directMap, notes: Int(cores * threads), possible: possible, &choices)
    }
}

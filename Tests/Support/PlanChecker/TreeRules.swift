/// The flattened device tree, and the memory that it gives the next kernel.
extension PlanChecker {
    private func tree() -> TreeReader? {
        guard let segment = segment("fdt"), let tree = TreeReader(segment.bytes) else {
            missing("the device tree")
            return nil
        }
        require(UInt64(tree.totalSize) <= segment.memory.size, "tree-size", "\(tree.totalSize) in \(segment.memory)")
        guard let chosen = tree.root.child("chosen") else {
            missing("/chosen")
            return nil
        }
        let line = chosen.properties["bootargs"] ?? []
        require(line.last == 0 && line.count <= 2048, "bootargs", "\(line.count) bytes")
        check(commandLine: Array(line.dropLast()))
        let initrd = request.initrd.flatMap { initrd in
            self.segment("initrd").map { Extent($0.memory.start, $0.memory.start + UInt64(initrd.count)) }
        }
        require(chosen.number("linux,initrd-start") == initrd?.start && chosen.number("linux,initrd-end") == initrd?.end, "tree-initrd", "")
        return tree
    }

    /// Nodes of device_type "memory" (drivers/of/fdt.c, early_init_dt_scan_memory).
    private func memory(_ tree: TreeReader, preferring property: String?) -> AddressSet {
        let (address, size) = (tree.root.cell("#address-cells") ?? 2, tree.root.cell("#size-cells") ?? 1)
        let nodes = tree.root.children.filter { $0.properties["device_type"] == Array("memory\0".utf8) }
        return AddressSet(
            nodes.flatMap { node in
                property.flatMap { node.extents($0, address: address, size: size) } ?? node.extents("reg", address: address, size: size)
                    ?? []
            })
    }

    private func reserved(_ tree: TreeReader) -> AddressSet {
        let node = tree.root.child("reserved-memory")
        let (address, size) = (node?.cell("#address-cells") ?? 2, node?.cell("#size-cells") ?? 2)
        let nodes = (node?.children ?? []).flatMap { $0.extents("reg", address: address, size: size) ?? [] }
        let root = tree.root.extents(
            "reserved-ranges", address: tree.root.cell("#address-cells") ?? 2, size: tree.root.cell("#size-cells") ?? 2)
        return AddressSet(nodes + (root ?? []))
    }

    // MARK: - PowerPC

    func checkTreeOfPowerPC() {
        guard let tree = tree() else { return }
        require(tree.root.child("chosen")?.properties["linux,crashkernel-size"] == nil, "tree-old-region", "")
        let all = memory(tree, preferring: nil).union(blocks(tree, usable: false))
        var ram = memory(tree, preferring: "linux,usable-memory").union(blocks(tree, usable: true))
        require(ram.subtracting(all).isEmpty, "tree-usable-in-reg", "\(ram.subtracting(all))")
        // What is loaded is reserved in the blob, and so is everything else that must stay.
        let kept = AddressSet(tree.reservations)
        for role in request.isCrash ? ["initrd", "fdt", "elfcorehdr", "backup"] : ["initrd", "fdt"] {
            for segment in segments(role) {
                let end = role == "initrd" ? segment.memory.start + UInt64(segment.bytes.count) : segment.memory.end
                require(kept.contains(Extent(segment.memory.start, end)), "tree-reserves", "\(role) \(segment.memory)")
            }
        }
        let images = AddressSet(image.segments.map(\.memory))
        require(images.intersection(reserved(tree)).isEmpty, "tree-reserved-memory", "\(images.intersection(reserved(tree)))")
        require(images.intersection(machine.firmwareCode).isEmpty, "firmware-code", "\(images.intersection(machine.firmwareCode))")
        if request.isCrash { ram = ram.subtracting(kept.subtracting(images)) }
        checkMemory(ofNextKernel: ram)
        if request.isCrash, request.hotplug { checkRoom(tree) }
    }

    /// ibm,dynamic-memory-v2 of LoPAR: runs of blocks, of which those count that are assigned (0x8) and not reserved (0x80);
    /// linux,drconf-usable-memory has for each of them a count and as many extents (arch/powerpc/kernel/prom.c).
    private func blocks(_ tree: TreeReader, usable: Bool) -> AddressSet {
        guard let node = tree.root.child("ibm,dynamic-reconfiguration-memory"), let size = node.number("ibm,lmb-size"),
            let runs = node.properties["ibm,dynamic-memory-v2"], let count = runs.big(0, 4)
        else { return AddressSet() }
        let limits = usable ? node.properties["linux,drconf-usable-memory"] : nil
        var at = 0
        var extents: [Extent] = []
        for run in 0..<Int(count) {
            guard let number = runs.big(4 + run * 24, 4), let start = runs.big(8 + run * 24, 8), let flags = runs.big(24 + run * 24, 4)
            else {
                break
            }
            guard flags & 0x8 != 0, flags & 0x80 == 0 else { continue }
            for block in 0..<number {
                guard let limits else {
                    extents.append(Extent(start + block * size, start + (block + 1) * size))
                    continue
                }
                let parts = Int(limits.big(at, 8) ?? 0)
                at += 8
                for _ in 0..<parts {
                    if let start = limits.big(at, 8), let size = limits.big(at + 8, 8) { extents.append(Extent(start, start &+ size)) }
                    at += 16
                }
            }
        }
        return AddressSet(extents)
    }

    /// The kernel writes a node for each CPU that comes (arch/powerpc/kexec/core_64.c, update_cpus_node).
    private func checkRoom(_ tree: TreeReader) {
        let cores = tree.root.child("cpus")?.children.filter { $0.properties["device_type"] == Array("cpu\0".utf8) } ?? []
        let needed = (cores.map(\.size).max() ?? 0) * machine.missingCores
        require(tree.totalSize - tree.usedSize >= needed, "tree-room", "\(tree.totalSize - tree.usedSize) of \(needed)")
    }

    // MARK: - ARM and RISC-V

    func checkTreeWithUsableRange() {
        guard let tree = tree() else { return }
        let (address, size) = (tree.root.cell("#address-cells") ?? 2, tree.root.cell("#size-cells") ?? 1)
        var ram = machine.memoryIsEFIs ? machine.ram.subtracting(machine.driverManaged) : memory(tree, preferring: nil)
        let chosen = tree.root.child("chosen")
        let usable = chosen?.extents("linux,usable-memory-range", address: address, size: size)
        require((usable != nil) == request.isCrash, "tree-usable-range", "")
        if let usable { ram = ram.intersection(AddressSet(usable)) }
        // drivers/of/fdt.c, early_init_dt_check_for_elfcorehdr
        let header = chosen?.extents("linux,elfcorehdr", address: address, size: size)
        require(header == (request.isCrash ? segment("elfcorehdr").map { [$0.memory] } : nil), "tree-elfcorehdr", "\(header ?? [])")
        let kept = AddressSet(tree.reservations).union(reserved(tree))
        let images = AddressSet(image.segments.map(\.memory))
        require(images.intersection(kept).isEmpty, "tree-reserved-memory", "\(images.intersection(kept))")
        checkMemory(ofNextKernel: ram)
    }
}

import DeviceTree
import PlanChecker
import TestSupport

/// An arm64 or riscv64 machine: banks of RAM with holes, reservations in the tree and by EFI.
extension RandomMachine {
    static func arm64(_ choices: inout Choices) throws -> RandomMachine { try board(.arm64, &choices) }
    static func riscv64(_ choices: inout Choices) throws -> RandomMachine { try board(.riscv64, &choices) }

    /// By what the two kinds differ.
    private struct Kind: Sendable {
        var architecture: CheckedArchitecture
        /// PAGE_OFFSET, with each number of levels.
        var directMaps: [UInt64]
        /// How far behind the kernel's start "Kernel code" begins, and where it is linked.
        var head: UInt64
        var textVirtual: UInt64
        /// What /proc/iomem calls reserved memory within RAM.
        var reserved: String
        var compatible: String

        static let arm64 = Kind(
            architecture: .aarch64, directMaps: [0xffff_0000_0000_0000, 0xfff0_0000_0000_0000, 0xffff_8000_0000_0000], head: 0x1_0000,
            textVirtual: 0xffff_ffc0_0801_0000, reserved: "reserved", compatible: "linux,dummy-virt")
        static let riscv64 = Kind(
            architecture: .riscv64, directMaps: [0xff60_0000_0000_0000, 0xffff_8f80_0000_0000, 0xffff_ffd6_0000_0000], head: 0x2000,
            textVirtual: 0xffff_ffff_8000_2000, reserved: "Reserved", compatible: "riscv-virtio")
    }

    private static func board(_ kind: Kind, _ choices: inout Choices) throws -> RandomMachine {
        var machine = RandomMachine(kind.architecture)
        try machine.make(kind, &choices)
        return machine
    }

    private mutating func make(_ kind: Kind, _ choices: inout Choices) throws {
        facts.directMap = choices.pick(kind.directMaps)
        facts.memoryIsEFIs = choices.percent(40)
        var end: UInt64 = choices.pick([0x4000_0000, 0x8000_0000, 0, 0x20_0000])
        var banks: [Extent] = []
        for index in 0..<choices.number(1...6) {
            if index > 0, choices.percent(60) { end += choices.size(0x1_0000...1 << 38, unit: 0x1_0000) }
            let size = choices.size(index == 0 ? 32 << 20...4 << 30 : 0x1_0000...1 << 37, unit: 0x1_0000)
            banks.append(Extent(end, end + size))
            end += size
        }
        let ram = AddressSet(banks)
        var free = ram
        // "Kernel code" begins with _stext, a head behind the kernel's start.
        let image =
            Self.take(from: &free, sizes: 4 << 20...32 << 20, alignment: 0x20_0000, &choices)
            ?? Self.take(from: &free, sizes: 0x10_0000...0x20_0000, alignment: 0x1_0000, &choices) ?? banks[0]
        let text = Extent(image.start + kind.head, image.end)
        textOfKernel = text
        var children = [
            SyntheticSysroot.Resource(text.start, text.start + text.size / 2 - 1, "Kernel code"),
            .init(text.start + text.size / 2, text.end - 1, "Kernel data"),
        ]
        var regions: [Extent] = []
        for _ in 0..<(choices.percent(25) ? 2 : choices.percent(92) ? 1 : 0) {
            if let region = Self.take(from: &free, sizes: 2 << 20...1 << 30, alignment: 2 << 20, &choices) { regions.append(region) }
        }
        facts.crashRegions = regions.sorted { $0.start < $1.start }
        children += regions.map { .init($0.start, $0.end - 1, "Crash kernel") }
        var kept: [Extent] = []
        for _ in 0..<choices.number(0...5) {
            if let part = Self.take(from: &free, sizes: 0x1000...64 << 20, alignment: 0x1000, &choices) { kept.append(part) }
        }
        children += kept.map { .init($0.start, $0.end - 1, kind.reserved) }
        facts.reserved = AddressSet(kept)
        addDriversMemory(from: end, &choices)
        facts.ram = ram.union(facts.driverManaged)
        showRAM(ram, children: children)
        sysroot.iomem += driversResources
        if !regions.isEmpty, choices.percent(15), let cma = Self.take(from: &free, sizes: 2 << 20...1 << 28, alignment: 2 << 20, &choices) {
            facts.crashCMA = AddressSet([cma])
            sysroot.files["sys/kernel/kexec/crash_cma_ranges"] = "\(String(cma.start, radix: 16))-\(String(cma.end - 1, radix: 16))\n"
        }
        let cpus = Int(choices.number(1...4))
        // _text lies below _stext, where "Kernel code" begins; /proc/kcore has the latter.
        describeKernel(text: text, virtual: kind.textVirtual, notes: cpus, possible: cpus, &choices)
        sysroot.elfcorehdrCapacity = nil
        sysroot.release = "6.12.0-random"
        try makeTree(kind, banks, kept, &choices)
    }

    private mutating func addDriversMemory(from end: UInt64, _ choices: inout Choices) {
        guard choices.percent(25) else { return }
        let start = ((end + 1 << 30) >> 30) << 30
        let extent = Extent(start, start + choices.size(2 << 20...64 << 30, unit: 2 << 20))
        facts.driverManaged = AddressSet([extent])
        driversResources = [
            .init(extent.start, extent.end - 1, choices.pick(["virtio0", "Soft Reserved", "CXL Window 0"])),
            .init(extent.start, extent.end - 1, choices.pick(["System RAM (virtio_mem)", "System RAM (kmem)"]), level: 1),
        ]
    }

    private mutating func makeTree(_ kind: Kind, _ banks: [Extent], _ kept: [Extent], _ choices: inout Choices) throws {
        var root = DeviceTree.Node.root(compatible: kind.compatible)
        var chosen = DeviceTree.Node("chosen")
        chosen.put("bootargs", text: "console=ttyAMA0")
        var reservations: [Extent] = []
        if facts.memoryIsEFIs {
            chosen.put("linux,uefi-system-table", long: banks[0].start)
            chosen.put("linux,uefi-mmap-start", long: banks[0].start)
            chosen.put("linux,uefi-mmap-size", cells: [0x300])
            chosen.put("linux,uefi-mmap-desc-size", cells: [0x30])
            chosen.put("linux,uefi-mmap-desc-ver", cells: [1])
        } else {
            if choices.percent(30) {
                root.children.append(.memory(banks, node: 0))
            } else {
                for (index, bank) in banks.enumerated() { root.children.append(.memory([bank], node: UInt64(index))) }
            }
            // In the tree by either way, and in /proc/iomem.
            for extent in kept where choices.percent(50) { reservations.append(extent) }
            let named = kept.filter { !reservations.contains($0) }
            if !named.isEmpty { root.children.append(.reservedMemory(named)) }
        }
        root.children.append(chosen)
        var tree = DeviceTree(root: root)
        tree.reservations = reservations.compactMap { $0.range }
        treeFiles["sys/firmware/fdt"] = try tree.flattened()
    }
}

import PlanChecker
import TestSupport

/// A PC: RAM, holes and whatever else firmware tells of, devices that bring memory of their own.
extension RandomMachine {
    static func pc(_ choices: inout Choices) -> RandomMachine {
        var machine = RandomMachine(.x86_64)
        machine.makePC(&choices)
        return machine
    }

    private static let fourLevels: UInt64 = 1 << 46

    private mutating func makePC(_ choices: inout Choices) {
        facts.directMap = choices.pick([0xffff_8880_0000_0000, 0xffff_9c3a_c000_0000])
        let showsMap = choices.percent(75)
        var map: [(Extent, String)] = []
        lowMemory(&map, &choices)
        var end: UInt64 = 0x10_0000
        let blocks = choices.percent(3) ? choices.number(130...220) : choices.percent(20) ? choices.number(8...40) : choices.number(1...6)
        let largest: UInt64 = blocks > 60 ? 16 << 20 : choices.pick([64 << 20, 1 << 30, 8 << 30, 1 << 40])
        for index in 0..<blocks where end < Self.fourLevels {
            if index > 0, choices.percent(30) { end += choices.size(0x1000...8 << 30) }
            if end < 1 << 32, end > 3 << 29, choices.percent(20) { end = 1 << 32 }
            let extent = Extent(end, end + choices.size(0x1000...largest))
            end = extent.end
            block(extent, &map, isFirst: index == 0, &choices)
        }
        finish(map, showsMap: showsMap, &choices)
    }

    private mutating func lowMemory(_ map: inout [(Extent, String)], _ choices: inout Choices) {
        let top: UInt64 = choices.pick([0x9fc00, 0x9f000, 0xa0000, 0x57000])
        map.append((Extent(0, 0x1000), choices.pick(["Reserved", "Reserved", "Unknown E820 type"])))
        map.append((Extent(0x1000, top), "System RAM"))
        if top < 0xa0000 { map.append((Extent(top, 0xa0000), "Reserved")) }
        if choices.percent(80) { map.append((Extent(0xf0000, 0x10_0000), "Reserved")) }
    }

    private mutating func block(_ extent: Extent, _ map: inout [(Extent, String)], isFirst: Bool, _ choices: inout Choices) {
        if isFirst || choices.percent(62) {
            // A table of firmware may end anywhere.
            let odd = extent.size > 0x4000 && choices.percent(12) ? choices.number(1...0xfff) : 0
            map.append((Extent(extent.start, extent.end - odd), "System RAM"))
        } else if choices.percent(25) {
            addDriversMemory(extent, &map, &choices)
        } else {
            map.append(
                (
                    extent,
                    choices.pick([
                        "Reserved", "Reserved", "ACPI Tables", "ACPI Non-volatile Storage", "Unusable memory", "Persistent Memory",
                        "Persistent Memory (legacy)", "Soft Reserved", "Unknown E820 type",
                    ])
                ))
        }
    }

    /// A device brings memory, and a driver makes RAM of some of it.
    private mutating func addDriversMemory(_ extent: Extent, _ map: inout [(Extent, String)], _ choices: inout Choices) {
        let device = choices.pick(["Soft Reserved", "Persistent Memory", "virtio0", "CXL Window 0"])
        if ["Soft Reserved", "Persistent Memory"].contains(device) { map.append((extent, device)) }
        guard let ram = Self.part(of: extent, sizes: 0x1000...extent.size, alignment: 0x1000, &choices) else { return }
        let name = choices.pick(["System RAM (kmem)", "System RAM (virtio_mem)", "System RAM (dax_cxl)"])
        facts.driverManaged = facts.driverManaged.union(ram)
        var level = 0
        for parent in choices.pick([[device], [device, "dax0.0"]]) {
            driversResources.append(.init(extent.start, extent.end - 1, parent, level: level))
            level += 1
        }
        driversResources.append(.init(ram.start, ram.end - 1, name, level: level))
    }

    private mutating func finish(_ blocks: [(Extent, String)], showsMap: Bool, _ choices: inout Choices) {
        let firmwareRAM = AddressSet(blocks.filter { $0.1 == "System RAM" }.map(\.0))
        // The kernel joins RAM that touches (e820__update_table).
        let map = (blocks.filter { $0.1 != "System RAM" } + firmwareRAM.extents.map { ($0, "System RAM") }).sorted {
            $0.0.start < $1.0.start
        }
        var ram = firmwareRAM
        // memmap=nn$ss and mem= take RAM away from the running kernel alone.
        var withheld: [Extent] = []
        var free = ram.subtracting(Extent(0, 0x10_0000))
        textOfKernel =
            Self.take(from: &free, sizes: 0x40_0000...0x400_0000, alignment: 0x20_0000, &choices)
            ?? Self.take(from: &free, sizes: 0x5_0000...0x40_0000, alignment: 0x1000, &choices)
            ?? Extent(0x1_0000, 0x5_0000)
        for _ in 0..<(choices.percent(15) ? 2 : 0) {
            if let part = Self.take(from: &free, sizes: 0x1000...1 << 30, alignment: 0x1000, &choices) { withheld.append(part) }
        }
        ram = ram.subtracting(AddressSet(withheld))
        var children = [SyntheticSysroot.Resource(textOfKernel.start, textOfKernel.end - 1, "Kernel code")]
        reserveForCrash(&free, &children, &choices)
        facts.reserved = AddressSet(withheld)
        facts.ram = ram.union(facts.driverManaged)
        facts.firmwareRAM = showsMap ? firmwareRAM : nil
        facts.notRAM = map.filter { $0.1 != "System RAM" }.map { ($0.0, $0.1) }
        show(ram, map, withheld, children)
        if showsMap {
            sysroot.memmap = map.map { ($0.0.start, $0.0.end - 1, $0.1) }
            // A name that no kernel has yet.
            if choices.percent(5), let last = map.last?.0, last.end < Self.fourLevels {
                let martian = Extent(last.end + 0x10_0000, last.end + 0x20_0000)
                sysroot.memmap.append((martian.start, martian.end - 1, "Martian memory"))
                martianMemory = martian
            }
        }
        let cpus = Int(choices.number(1...4))
        describeKernel(text: textOfKernel, virtual: 0xffff_ffff_8100_0000, notes: cpus, possible: cpus, &choices)
        sysroot.elfcorehdrCapacity = choices.percent(80) ? choices.pick([917_616, 0x1000, 56 * 200]) : nil
        facts.elfcorehdrCapacity = sysroot.elfcorehdrCapacity
        sysroot.release = "6.12.0-random"
    }

    /// The regions, low and high, and memory that the capture kernel gets beside them.
    private mutating func reserveForCrash(
        _ free: inout AddressSet, _ children: inout [SyntheticSysroot.Resource], _ choices: inout Choices
    ) {
        guard choices.percent(90) else { return }
        var regions: [Extent] = []
        for _ in 0..<(choices.percent(25) ? 2 : 1) {
            if let region = Self.take(from: &free, sizes: 0x10_0000...1 << 30, alignment: 0x10_0000, &choices) { regions.append(region) }
        }
        facts.crashRegions = regions.sorted { $0.start < $1.start }
        for region in regions { children.append(.init(region.start, region.end - 1, "Crash kernel")) }
        if !regions.isEmpty, choices.percent(15),
            let cma = Self.take(from: &free, sizes: 0x10_0000...1 << 30, alignment: 0x10_0000, &choices)
        {
            facts.crashCMA = AddressSet([cma])
            sysroot.files["sys/kernel/kexec/crash_cma_ranges"] = "\(String(cma.start, radix: 16))-\(String(cma.end - 1, radix: 16))\n"
        }
    }

    /// In address order, as the kernel prints its resources: all at the top but what is within something.
    private mutating func show(
        _ ram: AddressSet, _ map: [(Extent, String)], _ withheld: [Extent], _ children: [SyntheticSysroot.Resource]
    ) {
        var groups: [(UInt64, [SyntheticSysroot.Resource])] = []
        for (extent, name) in map where name == "System RAM" {
            for part in ram.intersection(extent).extents {
                var shown = RandomMachine(.x86_64)
                shown.showRAM(AddressSet([part]), children: children)
                groups.append((part.start, shown.sysroot.iomem))
            }
        }
        let ofDrivers = Set(driversResources.filter { $0.level == 0 }.map(\.start))
        for (extent, name) in map where name != "System RAM" && !ofDrivers.contains(extent.start) {
            groups.append((extent.start, [.init(extent.start, extent.end - 1, name)]))
        }
        for extent in withheld { groups.append((extent.start, [.init(extent.start, extent.end - 1, "Reserved")])) }
        var group: [SyntheticSysroot.Resource] = []
        for resource in driversResources {
            if resource.level == 0, let first = group.first {
                groups.append((first.start, group))
                group = []
            }
            group.append(resource)
        }
        if let first = group.first { groups.append((first.start, group)) }
        sysroot.iomem = groups.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
}

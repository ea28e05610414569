import PhysicalMemory

/// RAM, by what is asked of it. The answers are three and never stand for each other: what a driver has added belongs into a dump,
/// while the next kernel knows nothing of it and the device may take it away.
extension IOMemory {
    private static let plain = "System RAM"

    /// What is dumped: all that the kernel counts as RAM, "System RAM" and, at whatever level, what drivers have added under names
    /// like "System RAM (kmem)" (walk_system_ram_res of kernel/resource.c; mm/memory_hotplug.c, add_memory_driver_managed).
    public var dumpedRAM: [PhysicalRange] {
        resources.compactMap { Self.isRAM($0) ? $0.range : nil }
    }

    private static func isRAM(_ resource: Resource) -> Bool { resource.name == plain || resource.name.hasPrefix("\(plain) (") }

    /// What a next kernel may have as RAM by this file alone: "System RAM" that is nobody's part. Where it lies within something else, "Soft
    /// Reserved", "Persistent Memory", a device, that decides: before Linux 5.8 drivers added RAM under the plain name, too.
    public var nextKernelRAM: [PhysicalRange] { plainRAM.map(\.range) }

    /// Where an image may lie: the same memory, without what stands as a part of it and is neither the running kernel nor the crash kernel's
    /// region. kernel/kexec_file.c, locate_mem_hole_callback, passes over drivers' memory, too. What firmware or the kernel have "reserved"
    /// within RAM (arm64) is left to the machine, which knows what of it is over.
    public var imageRAM: [PhysicalRange] {
        plainRAM.map(\.range).subtracting(
            plainRAM.flatMap(\.parts).filter { part in !Self.partsThatMakeRoom.contains { part.name.hasPrefix($0) } }.map(\.range))
    }

    /// Names of what lies in RAM and does not outlive this kernel, or is taken out elsewhere.
    private static let partsThatMakeRoom = ["Kernel ", "Crash kernel", "reserved"]
    /// What "System RAM" may lie in and be RAM all the same: a window that ACPI describes (drivers/cxl/acpi.c), which may hold memory of
    /// every kind. Any other name is that of an owner.
    private static let harmlessParents = ["CXL Window "]

    /// RAM with all that it lies in and that lies in it, as places in `resources`: what the three answers rest on.
    var linesAboutRAM: Set<Int> {
        var lines: Set<Int> = []
        var parents: [Int] = []
        for (index, resource) in resources.enumerated() {
            while let last = parents.last, resources[last].level >= resource.level { parents.removeLast() }
            if Self.isRAM(resource) { lines.formUnion(parents + [index]) }
            if parents.contains(where: { Self.isRAM(resources[$0]) }) { lines.insert(index) }
            parents.append(index)
        }
        return lines
    }

    /// Every plain "System RAM" that has no owner, with what stands below it.
    private var plainRAM: [(range: PhysicalRange, parts: ArraySlice<Resource>)] {
        var found: [(range: PhysicalRange, parts: ArraySlice<Resource>)] = []
        var parents: [Resource] = []
        for (index, resource) in resources.enumerated() {
            while let last = parents.last, last.level >= resource.level { parents.removeLast() }
            defer { parents.append(resource) }
            // A level without the line above it: whoever left that out took its name away, too.
            guard resource.name == Self.plain, parents.count == resource.level,
                parents.allSatisfy({ parent in Self.harmlessParents.contains { parent.name.hasPrefix($0) } })
            else { continue }
            found.append((resource.range, resources[(index + 1)...].prefix { $0.level > resource.level }))
        }
        return found
    }
}

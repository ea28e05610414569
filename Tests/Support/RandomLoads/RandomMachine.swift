import HostState
import PlanChecker
import SystemPackage
import TestSupport

/// A machine as it is, and as its files show it.
public struct RandomMachine {
    public var facts: CheckedMachine
    var sysroot = SyntheticSysroot()
    /// Those of the device tree, by their names below the root.
    public internal(set) var treeFiles: [String: [UInt8]] = [:]
    /// Lines of /proc/iomem for the memory of drivers and of the devices that they drive.
    var driversResources: [SyntheticSysroot.Resource] = []
    /// Where the running kernel's text and data lie.
    var textOfKernel = Extent(0, 0)
    /// Of a type that has no name here, and that firmware's map alone shows.
    var martianMemory: Extent?

    /// All but the device tree, by their names.
    public var files: [String: [UInt8]] { sysroot.contents() }

    /// Its /proc and /sys.
    public var root: SystemRoot {
        var files = FilesInMemory()
        for (name, bytes) in self.files { files.write(bytes, to: name) }
        for (name, bytes) in treeFiles { files.write(bytes, to: name) }
        return SystemRoot(files, at: "/random")
    }

    init(_ architecture: CheckedArchitecture) {
        facts = CheckedMachine(architecture)
        sysroot.iomem = []
        sysroot.core = nil
        sysroot.memTotalKiB = nil
        sysroot.cpus = []
        if architecture != .x86_64 { sysroot.bootParameters = nil }
    }

    // MARK: - Steps that all machines have

    /// RAM, in the parts that /proc/iomem shows: what lies within each is its children.
    mutating func showRAM(_ ram: AddressSet, children: [SyntheticSysroot.Resource], level: Int = 0) {
        for extent in ram.extents {
            sysroot.iomem.append(.init(extent.start, extent.end - 1, "System RAM", level: level))
            let inside = children.filter { extent.start <= $0.start && $0.last < extent.end }.sorted { $0.start < $1.start }
            for child in inside {
                sysroot.iomem.append(.init(child.start, child.last, child.name, level: level + 1))
            }
        }
    }

    /// Part of an extent: aligned, of a size of any magnitude; nil where there is no room.
    static func part(
        of extent: Extent, sizes: ClosedRange<UInt64>, alignment: UInt64, _ choices: inout Choices
    ) -> Extent? {
        let start = (extent.start + alignment - 1) / alignment * alignment
        guard start < extent.end, extent.end - start >= max(alignment, sizes.lowerBound) else { return nil }
        let size = choices.size(sizes.lowerBound...max(sizes.lowerBound, min(sizes.upperBound, extent.end - start)), unit: alignment)
        guard extent.end - start >= size else { return nil }
        let places = (extent.end - start - size) / alignment
        let place = choices.percent(40) ? 0 : choices.percent(40) ? places : choices.number(0...places)
        return Extent(start + place * alignment, start + place * alignment + size)
    }

    /// The same of any extent of a set that has room; the set loses it.
    static func take(
        from set: inout AddressSet, sizes: ClosedRange<UInt64>, alignment: UInt64, _ choices: inout Choices
    ) -> Extent? {
        let roomy = set.extents.filter { $0.size >= sizes.lowerBound }
        guard !roomy.isEmpty, let part = part(of: choices.pick(roomy), sizes: sizes, alignment: alignment, &choices) else { return nil }
        set = set.subtracting(part)
        return part
    }

    /// CPUs with notes, VMCOREINFO, the kernel's own mappings.
    mutating func describeKernel(text: Extent, virtual: UInt64, notes count: Int, possible: Int, _ choices: inout Choices) {
        sysroot.possibleCPUs = possible == 1 ? "0" : "0-\(possible - 1)"
        for cpu in 0..<count {
            let address = text.start + UInt64(cpu) * 0x200
            let size = choices.pick([368, 432, 0x1a4])
            sysroot.cpus.append(.init(cpu, crashNotes: address, size: UInt64(size)))
            facts.crashNotes.append(Extent(address, address + UInt64(size)))
        }
        facts.vmcoreinfo = Extent(text.start + 0x3_0000, text.start + 0x3_0000 + 0x1024)
        sysroot.vmcoreinfo = hex(facts.vmcoreinfo.start) + " 1024\n"
        var core: [SyntheticSysroot.CoreMapping] = [.init(type: 4, virtual: 0, physical: 0, size: 0x2000)]
        if facts.architecture != .ppc64le {
            facts.kernelText = (virtual, text)
            core.append(.init(virtual: virtual, physical: text.start, size: text.size))
        }
        for extent in facts.ram.extents {
            core.append(.init(virtual: facts.directMap &+ extent.start, physical: extent.start, size: extent.size))
        }
        sysroot.core = core
        let kibibytes = facts.ram.size >> 10
        sysroot.memTotalKiB = max(kibibytes - kibibytes / 16, 1)
        facts.totalMemory = (sysroot.memTotalKiB ?? 0) << 10
    }
}

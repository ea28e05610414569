import DeviceTree
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory

/// A load of a kernel that gets the tree this kernel was booted with, changed, and that finds there what it has for a dump: its own memory
/// (linux,usable-memory-range) and the elfcorehdr (linux,elfcorehdr), both in /chosen.
///
/// From the top of memory down: elfcorehdr (for a crash), device tree, purgatory, initrd; the kernel where the machine has it.
public protocol BootTreeLoad: DeviceTreeLoad {
    /// The machine.
    var host: HostState { get }
    /// What is changed for the new kernel.
    var bootTree: BootTree { get }
    /// What the kernel says of itself.
    associatedtype Header: ImageHeader

    /// The kernel, which begins with an Image's header.
    var kernel: ImageKernel<Header> { get }
    /// The most that the kernel maps of a device tree.
    var largestTree: ByteCount { get }
    /// Of a crash.
    var header: ElfcorehdrSegment? { get }
}

extension BootTreeLoad {
    /// Where its header has them.
    public var kernelPieces: [KernelPiece] { kernel.pieces }

    /// Of a crash, the memory that the crash kernel is told of.
    public func nextKernelRAM(_ places: Places) -> [PhysicalRange] {
        switch request.purpose {
        case .crash: bootTree.freeMemory.joined().intersecting(host.captureMemory)
        case .reboot: bootTree.freeMemory
        }
    }

    /// Throws where the tree is larger than what the kernel maps of it.
    public func sizes(purgatory: ByteCount) throws(PlanError) -> [(role: SegmentRole, size: ByteCount)] {
        let treeSize = try treeSize()
        guard treeSize <= largestTree else {
            throw .rule(.fdt, "its \(treeSize) are more than the \(largestTree) that the kernel maps of it")
        }
        return [
            (.kernel, kernel.size), (.elfcorehdr, try elfcorehdrSize()), (.fdt, treeSize), (.purgatory, purgatory), (.initrd, initrdSize),
        ]
    }

    /// It does not depend on places.
    public func elfcorehdr(_ places: Places) -> ElfcorehdrSegment? { header }

    /// The user's own: the tree has all that the kernel needs.
    public func commandLine(_ places: Places) throws(PlanError) -> KernelCommandLine { try request.commandLine.adding([]) }

    /// The tree.
    public func ownSegments(_ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) -> [PlacedSegment] {
        [try treeSegment(commandLine, places)]
    }

    /// With the command line, the initrd, seeds and, for a crash, the places of what is dumped and by whom.
    public func tree(_ commandLine: KernelCommandLine, _ places: Places) throws(DeviceTreeError) -> DeviceTree {
        var tree = try bootTree.prepared()
        let cells = try tree.locatedRoot.cells()
        let crash = request.purpose == .crash
        let header = try crash ? cells.bytes([places[.elfcorehdr]].compactMap { $0 }) : nil
        let usable = try crash ? cells.bytes(host.captureMemory) : nil
        try tree.edit("/chosen", creating: true) { chosen in
            chosen.setCommandLine(commandLine)
            chosen.setInitrd(initrd(places))
            if let header { chosen["linux,elfcorehdr"] = header }
            if let usable { chosen["linux,usable-memory-range"] = usable }
            // The kernel wipes both after reading them; neither may ever be used twice.
            chosen["kaslr-seed"] = Array(request.rngSeed.prefix(8))
            chosen["rng-seed"] = Array(request.rngSeed.dropFirst(8))
        }
        return tree
    }

    /// Where the new kernel's memory is not that of the running one.
    public var mapWarnings: [String] {
        guard request.purpose == .reboot else { return [] }
        return MapChoice(handedOver: bootTree.memory, of: "the device tree", parameters: ["mem"]).warnings(on: host)
    }
}

import DeviceTree
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

/// The load of Linux on aarch64.
///
/// The kernel first (see `KernelPlacement`); then, from the top of memory down: elfcorehdr (for a crash),
/// device tree, purgatory, initrd.
struct Load: LinuxLoad {
    let request: LoadRequest
    let options: AArch64.Options
    let host: HostState
    /// What is changed for the new kernel.
    let oldTree: DeviceTree
    let console: Console?
    /// Why purgatory has none.
    private let consoleObstacle: Console.Obstacle?
    let kernel: Kernel
    let usableMemory: [PhysicalRange]
    private let kernelPlacement: KernelPlacement?
    private let header: ElfcorehdrSegment?
    /// As the new kernel learns of it.
    private let memory: Memory

    init(_ request: LoadRequest, _ options: AArch64.Options, on host: HostState) throws(PlanError) {
        self.request = request
        self.options = options
        self.host = host
        kernel = try Kernel(request)
        oldTree = try Self.bootTree(options, host)
        // Without EFI the kernel takes the tree's word for what memory there is, and the EFI stub leaves none of it.
        guard options.handsOverEFI || !oldTree.memoryNodes.isEmpty else {
            throw .entry("--noefi", "the device tree names no memory: a kernel learns of it here by the EFI firmware alone")
        }
        switch try Console.find(request.commandLine, options, oldTree) {
        case .success(let found): (console, consoleObstacle) = (found, nil)
        case .failure(let obstacle): (console, consoleObstacle) = (nil, obstacle)
        }
        memory = try Self.memory(of: oldTree, options, host)
        switch request.purpose {
        case .crash:
            guard !kernel.header.isBigEndian else {
                throw .unsuitable(request.kernel.name, "a big-endian kernel cannot read the elfcorehdr of a little-endian one")
            }
            usableMemory = [try host.crashRegion()].intersecting(memory.free.joined()).wholeBlocks(of: Layout.block)
            header = try ElfcorehdrSegment(
                try Elfcorehdr(host), capacity: request.hotplug ? host.elfcorehdrCapacity : nil, pageSize: Layout.pageSize)
        case .reboot:
            // What is reserved within RAM belongs to firmware, and the new kernel leaves it alone, too.
            let reserved = host.ioMemory.ranges(named: "reserved").subtracting(KernelPlacement.runningKernel(host).map { [$0] } ?? [])
            usableMemory = host.memoryForReboot(in: memory.free, without: reserved + oldTree.reservations).wholeBlocks(of: Layout.block)
            header = nil
        }
        guard !usableMemory.isEmpty else {
            throw .rule(nil, "\(host.crashRegionSource) shows no 2 MiB of free memory that the new kernel has, too")
        }
        let window = request.memoryWindow.map { [usableMemory] in usableMemory.clipped(to: $0) } ?? usableMemory
        kernelPlacement = KernelPlacement(of: kernel.size, kernel.header, request.purpose, in: window, on: host)
    }

    var pageSize: ByteCount { Layout.pageSize }
    var commandLineLimit: Int { Layout.commandLineLimit }
    var kernelPieces: [KernelPiece] { kernel.pieces }

    /// As firmware made it, or whoever wrote the file.
    private static func bootTree(_ options: AArch64.Options, _ host: HostState) throws(PlanError) -> DeviceTree {
        if let given = options.deviceTree { return given.withoutLastLoad() }
        if let blob = host.bootDeviceTree {
            do { return try DeviceTree(blob.span).withoutLastLoad(blobSize: blob.count) } catch { throw .deviceTree(error) }
        }
        guard let tree = host.deviceTree else {
            throw .notShown(host.root.file(HostState.bootDeviceTreeName), "the machine")
        }
        return tree.withoutLastLoad()
    }

    /// What there is, and what of it nobody has reserved.
    private struct Memory {
        let all: [PhysicalRange]
        let free: [PhysicalRange]
    }

    /// Under EFI the kernel asks firmware, whose map this kernel's is made of and nothing else shows; elsewhere it goes by the tree.
    private static func memory(of tree: DeviceTree, _ options: AArch64.Options, _ host: HostState) throws(PlanError) -> Memory {
        let asksEFI = options.handsOverEFI && tree.node("/chosen")?["linux,uefi-mmap-start"] != nil
        guard !asksEFI, !tree.memoryNodes.isEmpty else { return Memory(all: host.nextKernelRAM, free: host.nextKernelRAM) }
        do throws(DeviceTreeError) {
            let all = try tree.memory()
            return Memory(all: all, free: all.subtracting(tree.reservations + (try tree.reservedMemory())))
        } catch {
            throw .deviceTree(error)
        }
    }

    func nextKernelRAM(_ places: Places) -> [PhysicalRange] {
        switch request.purpose {
        case .crash: memory.free.joined().intersecting(host.captureMemory)
        case .reboot: memory.free
        }
    }

    func sizes(purgatory: ByteCount) throws(PlanError) -> [(role: SegmentRole, size: ByteCount)] {
        let treeSize = try treeSize()
        guard treeSize <= Layout.largestTree else {
            throw .rule(.fdt, "its \(treeSize) are more than the \(Layout.largestTree) that the kernel maps of it")
        }
        return [
            (.kernel, kernel.size), (.elfcorehdr, try elfcorehdrSize()), (.fdt, treeSize), (.purgatory, purgatory), (.initrd, initrdSize),
        ]
    }

    func refine(_ placement: inout PlacementRequest) {
        switch placement.role {
        case .kernel:
            placement.alignment = ARM64Image.baseAlignment
            placement.preferred = kernelPlacement?.start
        case .initrd: placement.within = kernelPlacement?.initrdReach
        default: break
        }
    }

    func elfcorehdr(_ places: Places) -> ElfcorehdrSegment? { header }

    func commandLine(_ places: Places) throws(PlanError) -> KernelCommandLine { try request.commandLine.adding([]) }

    func ownSegments(_ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) -> [PlacedSegment] {
        [try treeSegment(commandLine, places)]
    }

    var warnings: [String] {
        var warnings: [String] = []
        if request.checksDigest, let consoleObstacle {
            warnings.append("\(consoleObstacle.reason): purgatory cannot report a failed check (see --serial)")
        }
        guard request.purpose == .reboot else { return warnings }
        return warnings + MapChoice(handedOver: memory.all, of: "the device tree", parameters: ["mem"]).warnings(on: host)
    }
}

extension [PhysicalRange] {
    /// What is left when every range begins and ends with a whole block.
    fileprivate func wholeBlocks(of size: ByteCount) -> [PhysicalRange] {
        normalized().compactMap { range in
            range.start.alignedUp(to: size).flatMap { PhysicalRange(start: $0, end: range.end.alignedDown(to: size)) }
        }
    }
}

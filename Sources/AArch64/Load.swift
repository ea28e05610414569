import DeviceTree
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

/// The load of Linux on aarch64.
///
/// The kernel first (see `KernelPlacement`), then the rest as every `BootTreeLoad` has it.
struct Load: BootTreeLoad {
    let request: LoadRequest
    let options: AArch64.Options
    let host: HostState
    let bootTree: BootTree
    let console: Console?
    /// Why purgatory has none.
    private let consoleObstacle: Console.Obstacle?
    let kernel: ImageKernel<ARM64Image>
    let usableMemory: [PhysicalRange]
    private let kernelPlacement: KernelPlacement?
    let header: ElfcorehdrSegment?

    init(_ request: LoadRequest, _ options: AArch64.Options, on host: HostState) throws(PlanError) {
        self.request = request
        self.options = options
        self.host = host
        kernel = try ImageKernel(request, "an arm64", for: .aarch64, pageSize: Layout.pageSize)
        bootTree = try BootTree(options.deviceTree, handsOverEFI: options.handsOverEFI, on: host)
        switch try Console.find(request.commandLine, options, bootTree.tree) {
        case .success(let found): (console, consoleObstacle) = (found, nil)
        case .failure(let obstacle): (console, consoleObstacle) = (nil, obstacle)
        }
        switch request.purpose {
        case .crash:
            usableMemory = [try host.crashRegion()].intersecting(bootTree.freeMemory.joined()).wholeBlocks(of: Layout.block)
            header = try ElfcorehdrSegment(
                try Elfcorehdr(host), capacity: request.hotplug ? host.elfcorehdrCapacity : nil, pageSize: Layout.pageSize)
        case .reboot:
            // What is reserved within RAM belongs to firmware, and the new kernel leaves it alone, too.
            let reserved = host.ioMemory.ranges(named: "reserved").subtracting(KernelPlacement.runningKernel(host).map { [$0] } ?? [])
            usableMemory = host.memoryForReboot(in: bootTree.freeMemory, without: reserved + bootTree.tree.reservations)
                .wholeBlocks(of: Layout.block)
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
    var largestTree: ByteCount { Layout.largestTree }

    func refine(_ placement: inout PlacementRequest) {
        switch placement.role {
        case .kernel:
            placement.alignment = ARM64Image.baseAlignment
            placement.preferred = kernelPlacement?.start
        case .initrd: placement.within = kernelPlacement?.initrdReach
        default: break
        }
    }

    var warnings: [String] {
        var warnings: [String] = []
        if request.checksDigest, let consoleObstacle {
            warnings.append("\(consoleObstacle.reason): purgatory cannot report a failed check (see --serial)")
        }
        return warnings + mapWarnings
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

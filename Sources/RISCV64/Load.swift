import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// The load of Linux on riscv64.
///
/// The kernel lies as low as there is room, for a kernel before 6.4 has no use of the memory below it; the rest as every
/// `BootTreeLoad` has it.
struct Load: BootTreeLoad {
    let request: LoadRequest
    let host: HostState
    let bootTree: BootTree
    let kernel: ImageKernel<RISCVImage>
    let usableMemory: [PhysicalRange]
    let header: ElfcorehdrSegment?
    private let kernelStart: PhysicalAddress?

    init(_ request: LoadRequest, _ options: RISCV64.Options, on host: HostState) throws(PlanError) {
        self.request = request
        self.host = host
        kernel = try ImageKernel(request, "a riscv64", for: .riscv64, pageSize: Layout.pageSize)
        bootTree = try BootTree(options.deviceTree, handsOverEFI: options.handsOverEFI, on: host)
        switch request.purpose {
        case .crash:
            usableMemory = [try host.crashRegion()].intersecting(bootTree.freeMemory.joined())
            header = try ElfcorehdrSegment(
                try Elfcorehdr(host), capacity: request.hotplug ? host.elfcorehdrCapacity : nil, pageSize: Layout.pageSize)
        case .reboot:
            usableMemory = host.memoryForReboot(in: bootTree.freeMemory, without: bootTree.tree.reservations)
            header = nil
        }
        guard !usableMemory.isEmpty else {
            throw .rule(nil, "\(host.crashRegionSource) shows no free memory that the new kernel has, too")
        }
        var window = FreeMemory(request.memoryWindow.map { [usableMemory] in usableMemory.clipped(to: $0) } ?? usableMemory)
        kernelStart = window.takeLowest(size: kernel.size, alignment: RISCVImage.baseAlignment)?.start
    }

    var pageSize: ByteCount { Layout.pageSize }
    var commandLineLimit: Int { Layout.commandLineLimit }
    var largestTree: ByteCount { Layout.largestTree }

    func refine(_ placement: inout PlacementRequest) {
        guard placement.role == .kernel else { return }
        placement.alignment = RISCVImage.baseAlignment
        placement.preferred = kernelStart
    }

    var warnings: [String] { mapWarnings }
}

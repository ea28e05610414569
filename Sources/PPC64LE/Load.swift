import ByteStorage
import DeviceTree
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

/// The load of Linux on ppc64le.
///
/// The kernel lies at the bottom; from the top of memory down: device tree, elfcorehdr and backup
/// (for a crash), purgatory, initrd.
struct Load: LinuxLoad {
    let request: LoadRequest
    let options: PPC64LE.Options
    let host: HostState
    /// What is changed for the new kernel.
    let oldTree: DeviceTree
    let firmware: Firmware
    let kernel: Kernel
    let usableMemory: [PhysicalRange]
    /// All that the new kernel's tree describes.
    private let memory: [PhysicalRange]
    /// What of it is firmware's, or reserved in the tree.
    private let reserved: [PhysicalRange]
    /// Of a crash.
    private let notes: DumpNotes?

    init(_ request: LoadRequest, _ options: PPC64LE.Options, on host: HostState) throws(PlanError) {
        self.request = request
        self.options = options
        self.host = host
        kernel = try Kernel(request)
        guard let tree = host.deviceTree else {
            throw .notShown(host.root.file(HostState.deviceTreeName), "the machine")
        }
        oldTree = (options.deviceTree ?? tree).withoutLastLoad()
        do {
            firmware = try Firmware(tree)
            memory = try oldTree.memory() + (DynamicMemory(oldTree)?.assigned ?? [])
        } catch {
            throw .deviceTree(error)
        }
        notes = request.purpose == .crash ? try DumpNotes(host) : nil
        reserved = firmware.memory + firmware.reserved + oldTree.reservations
        usableMemory = try Self.usableMemory(request, host, firmware, kernel, memory, reserved: reserved)
    }

    var pageSize: ByteCount { Layout.pageSize }

    /// Where it cuts the memory that there would be otherwise; nil where it does not.
    var endOfRealModeArea: PhysicalAddress? {
        guard let end = firmware.realModeMemory?.end else { return nil }
        let memory = request.purpose == .crash ? host.crashRegions : host.imageRAM
        return memory.contains { $0.end > end } ? end : nil
    }

    var commandLineLimit: Int { Layout.commandLineLimit }
    var kernelPieces: [KernelPiece] { kernel.image.pieces }
    var isHotplug: Bool { request.hotplug && request.purpose == .crash }

    /// What the kernel accepts, and what can be reached with the MMU off.
    private static func usableMemory(
        _ request: LoadRequest, _ host: HostState, _ firmware: Firmware, _ kernel: Kernel, _ ram: [PhysicalRange], reserved: [PhysicalRange]
    ) throws(PlanError) -> [PhysicalRange] {
        var memory: [PhysicalRange]
        switch request.purpose {
        case .crash: memory = [try host.crashRegion()].intersecting(ram.joined()).subtracting(reserved)
        case .reboot:
            // A kernel that is not a crash kernel moves itself to address 0, where the running one
            // is: both must not reach into what is loaded.
            let low = PhysicalRange(
                start: PhysicalAddress(0),
                end: max(firmware.kernelEnd ?? PhysicalAddress(0), PhysicalAddress(kernel.image.memorySize.rawValue)))
            try checkCopy(of: kernel, ram, reserved: reserved)
            memory = host.memoryForReboot(in: ram, without: reserved + [firmware.hashTable, low].compactMap { $0 })
        }
        if let reachable = firmware.realModeMemory {
            memory = memory.clipped(to: reachable)
            guard !memory.isEmpty else {
                throw .rule(nil, "with a hashed page table an image lies below \(reachable.end), and no memory for it is left there")
            }
        }
        guard !memory.isEmpty else {
            throw .rule(nil, "no memory is left for an image beside what firmware and the running kernel have")
        }
        return memory
    }

    /// The memory at 0 that a kernel moves itself to must be there, and nobody else's.
    private static func checkCopy(of kernel: Kernel, _ ram: [PhysicalRange], reserved: [PhysicalRange]) throws(PlanError) {
        guard let copy = PhysicalRange(start: PhysicalAddress(0), size: kernel.image.memorySize) else { return }
        guard ram.joined().contains(where: { $0.contains(copy) }) else {
            throw .rule(.kernel, "it moves itself to \(copy), which is not all memory by the device tree")
        }
        if let taken = reserved.first(where: { $0.overlaps(copy) }) {
            throw .rule(.kernel, "it moves itself to \(copy), where firmware keeps \(taken)")
        }
    }

    func nextKernelRAM(_ places: Places) -> [PhysicalRange] {
        let free = memory.joined().subtracting(reserved)
        guard request.purpose == .crash else { return free }
        // Its tree reserves what lies between.
        let low = [PhysicalRange(start: PhysicalAddress(0), size: Layout.lowMemory)].compactMap { $0 }
        return free.intersecting(low + host.captureMemory)
    }

    func sizes(purgatory: ByteCount) throws(PlanError) -> [(role: SegmentRole, size: ByteCount)] {
        [
            (.kernel, kernel.image.memorySize), (.fdt, try treeSize()), (.elfcorehdr, try elfcorehdrSize()),
            (.backup, notes == nil ? .zero : Layout.lowMemory), (.purgatory, purgatory), (.initrd, initrdSize),
        ]
    }

    func refine(_ placement: inout PlacementRequest) {
        guard placement.role == .kernel else { return }
        placement.alignment = max(pageSize, kernel.image.alignment)
        placement.preferred = usableMemory.first?.start.alignedUp(to: placement.alignment)
    }

    func elfcorehdr(_ places: Places) throws(PlanError) -> ElfcorehdrSegment? {
        guard let notes, let backup = places[.backup] else { return nil }
        return try ElfcorehdrSegment(
            try Elfcorehdr(host, notes, firmware: firmware, backup: backup.start),
            capacity: isHotplug ? host.elfcorehdrCapacity : nil, pageSize: pageSize)
    }

    func commandLine(_ places: Places) throws(PlanError) -> KernelCommandLine {
        let lacksRoot = options.takesOldRoot && !request.commandLine.contains("root")
        // As kexec-tools does it here, and nowhere else: boot loaders of this platform rely on it.
        let root = lacksRoot ? KernelCommandLine(host.commandLine ?? []).last("root") : nil
        return try request.commandLine.adding([root, .elfcorehdr(at: notes.flatMap { _ in places[.elfcorehdr] })])
    }

    func ownSegments(_ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) -> [PlacedSegment] {
        let backup = notes.flatMap { _ in places[.backup] }.map { PlacedSegment(role: .backup, memory: $0, contents: Bytes([])) }
        return [try treeSegment(commandLine, places), backup].compactMap { $0 }
    }

    var warnings: [String] {
        let unheard =
            request.checksDigest && firmware.terminal == nil
            ? ["the device tree names no console of a hypervisor: purgatory cannot report a failed check"] : []
        guard request.purpose == .reboot else { return unheard }
        return unheard + MapChoice(handedOver: memory, of: "the device tree", parameters: ["mem"]).warnings(on: host)
    }
}

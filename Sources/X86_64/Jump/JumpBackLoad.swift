import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

/// The image that leads back into the kernel that started this one and kept its context: purgatory
/// alone, with pages for page tables behind it. It jumps to the place that the other kernel called
/// from.
///
/// kexec-tools makes that place the image's entry. Then the kernel that is left would have to map
/// it, and newer ones map hardly more than their own memory (arch/x86/mm/ident_map.c).
struct JumpBackLoad {
    /// As many as one page can need: page tables have five levels at most, and the top one is there.
    private static let pageTables = ByteCount(4 * ByteCount.page.rawValue)

    private let target: PhysicalAddress
    private let usableMemory: [PhysicalRange]

    init(to target: PhysicalAddress, on host: HostState) throws(PlanError) {
        // A kernel that another one waits for has memory of its own, and the other one is not in it.
        if let own = host.dumpedRAM.first(where: { $0.contains(target) }) {
            throw .entry("--entry", "\(target) lies in this kernel's own memory \(own): no other kernel waits there")
        }
        self.target = target
        usableMemory = host.memoryForReboot(in: host.imageRAM, without: [Layout.firstMebibyte].compactMap { $0 })
    }

    func draft(limitedTo window: PhysicalRange?) throws(PlanError) -> LoadDraft {
        var purgatory = PurgatoryImage.x86_64
        guard let size = purgatory.memorySize.adding(Self.pageTables) else { throw .rule(.purgatory, "it is too large") }
        let places = try Placement.place([PlacementRequest(role: .purgatory, size: size)], in: usableMemory, limitedTo: window)
        let memory = try places.memory(.purgatory)
        purgatory.setJumpBack(to: target, pageTables: memory.start.rawValue &+ purgatory.memorySize.rawValue)
        return LoadDraft(
            segments: [], purgatory: purgatory, purgatoryMemory: memory, commandLine: KernelCommandLine(""),
            usableMemory: usableMemory, nextKernelRAM: nil, warnings: [])
    }
}

extension PurgatoryImage {
    fileprivate mutating func setJumpBack(to target: PhysicalAddress, pageTables: UInt64) {
        setEntry(.jumpBack, at: target.rawValue, bootParameters: PhysicalAddress(0))
        setIsCalled()
        set(PurgatoryX86_64.pageTables, to: pageTables)
    }
}

import ByteStorage
import HostState
import LoadPlan
import PhysicalMemory

/// The memory that another kernel has while this one keeps its context (KEXEC_PRESERVE_CONTEXT).
///
/// The kernel swaps the segments' pages with pages of its own before it leaves, and again when it
/// is jumped back to (arch/x86/kernel/relocate_kernel_64.S, swap_pages). What is no segment is not
/// saved: so all of this memory has to be segments, and the other kernel may have no other.
struct SharedMemory {
    /// Conventional memory, where a kernel wakes its other CPUs.
    let low: [PhysicalRange]
    /// RAM above the first MiB within the limits that the user gave.
    let high: [PhysicalRange]
    /// This kernel itself, or what describes it, is kept aside while the other one runs: there is no
    /// use in showing that one the rest.
    let holdsThisKernel: Bool

    init(_ request: LoadRequest, on host: HostState) throws(PlanError) {
        guard let window = request.memoryWindow else {
            throw .entry("--load-preserve-context", "--mem-max must give the end of the memory that the other kernel gets")
        }
        low = [Layout.conventionalMemory].compactMap { $0 }.flatMap { host.imageRAM.clipped(to: $0) }.wholePages
        high = host.imageRAM.clipped(to: window).subtracting(host.crashRegions + [Layout.firstMebibyte].compactMap { $0 }).wholePages
        guard !high.isEmpty else {
            throw .entry("--load-preserve-context", "no RAM above the first MiB lies within --mem-min and --mem-max")
        }
        let memory = low + high
        let described =
            Self.kernelResources.flatMap { host.ioMemory.ranges(named: $0) } + host.crashNotes.map(\.range)
            + [host.vmcoreinfo].compactMap { $0 }
        holdsThisKernel = host.vmcoreinfo == nil || described.contains { part in memory.contains { $0.overlaps(part) } }
    }

    /// Names in /proc/iomem.
    private static let kernelResources = ["Kernel code", "Kernel rodata", "Kernel data", "Kernel bss"]

    var all: [PhysicalRange] { low + high }

    /// What the segments do not take, as segments that nothing is loaded into.
    func backup(besides segments: [PhysicalRange]) -> [PlacedSegment] {
        all.subtracting(segments).map { PlacedSegment(role: .backup, memory: $0, contents: Bytes([])) }
    }
}

extension Sequence<PhysicalRange> {
    /// The whole pages of each range.
    fileprivate var wholePages: [PhysicalRange] {
        compactMap { range in
            range.start.alignedUp(to: .page).flatMap { PhysicalRange(start: $0, end: range.end.alignedDown(to: .page)) }
        }
    }
}

import HostState
import KernelImage
import LoadPlan
import PhysicalMemory

/// Where a kernel goes, and how far from there its initrd may be.
///
/// A crash kernel goes to the bottom of its region, where it has the most room.
///
/// In a reboot a GICv3 goes on with the tables for LPIs that the running kernel gave it. A new kernel
/// that finds them in memory which it has reserved, and that is its own image, too, takes them
/// over and clears them (enabled_lpis_allowed() and its_setup_lpi_prop_table() in
/// drivers/irqchip/irq-gic-v3-its.c): it would wipe out itself. Under EFI the tables are "reserved" in
/// /proc/iomem; elsewhere nothing shows where they are. For certain they are not in the running
/// kernel's own image, so that is the first choice. The second is the top of memory: a kernel
/// that boots takes its first pages from the bottom.
struct KernelPlacement {
    let start: PhysicalAddress
    /// A window that begins and ends at a multiple of 1 GiB (Documentation/arch/arm64/booting.rst).
    let initrdReach: PhysicalRange?

    /// What lies before _stext, where "Kernel code" begins, belongs to the kernel, too.
    private static let head = ByteCount.kibibytes(64)
    private static let window = ByteCount(1 << 30 as UInt64)

    /// The running kernel's image, of which /proc/iomem shows a part as reserved: its init code, long gone.
    static func runningKernel(_ host: HostState) -> PhysicalRange? {
        guard let code = host.ioMemory.ranges(named: "Kernel code").first, let data = host.ioMemory.ranges(named: "Kernel data").first
        else { return nil }
        return PhysicalRange(start: code.start, end: data.end)
    }

    /// Nil where nothing of that size is free.
    init?(of size: ByteCount, _ header: ARM64Image, _ purpose: LoadPlan.Purpose, in memory: [PhysicalRange], on host: HostState) {
        let alignment = ARM64Image.baseAlignment
        var free = FreeMemory(memory)
        let lowest = free.takeLowest(size: size, alignment: alignment)
        guard purpose == .reboot else {
            guard let lowest else { return nil }
            self.init(upwardsFrom: lowest)
            return
        }
        if let running = Self.runningKernel(host), let head = running.start.retreated(by: Self.head),
            let image = PhysicalRange(start: head, end: running.end)
        {
            var own = FreeMemory(memory.clipped(to: image))
            if let place = own.takeLowest(size: size, alignment: alignment) {
                self.init(upwardsFrom: place)
                return
            }
        }
        // Kernels before 4.6 lose the memory below them.
        guard let place = header.mayLieAnywhere ? FreeMemory.highest(size, alignment, in: memory) : lowest else { return nil }
        if header.mayLieAnywhere { self.init(downwardsFrom: place) } else { self.init(upwardsFrom: place) }
    }

    private init(upwardsFrom place: PhysicalRange) {
        start = place.start
        initrdReach = PhysicalRange(start: place.start.alignedDown(to: Self.window), size: Layout.initrdReach)
    }

    private init(downwardsFrom place: PhysicalRange) {
        start = place.start
        let end = place.end.alignedUp(to: Self.window)
        initrdReach = end.flatMap { PhysicalRange(start: $0.retreated(by: Layout.initrdReach) ?? PhysicalAddress(0), end: $0) }
    }
}

extension FreeMemory {
    fileprivate static func highest(_ size: ByteCount, _ alignment: ByteCount, in memory: [PhysicalRange]) -> PhysicalRange? {
        var free = FreeMemory(memory)
        return free.takeHighest(size: size, alignment: alignment)
    }
}

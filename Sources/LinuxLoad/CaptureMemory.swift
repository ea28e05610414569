import HostState
import PhysicalMemory

extension HostState {
    /// What a capture kernel may use as its RAM, on every machine: the regions of crashkernel=, the one that segments are in first,
    /// then what was lent to movable pages until the crash (crashkernel=…,cma), the largest first.
    ///
    /// The order is that of linux,usable-memory-range: the higher region and the lower one always stand in front, for there are
    /// kernels that read no more than two ranges (MAX_USABLE_RANGES of drivers/of/fdt.c), and the first kernels read one.
    public var captureMemory: [PhysicalRange] { crashRegions.reversed() + crashCMARanges.sorted { $0.size > $1.size } }
}

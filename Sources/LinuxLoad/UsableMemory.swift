import HostState
import LoadPlan
import PhysicalMemory

extension HostState {
    /// The memory for a crash kernel's segments: the higher one of its regions. The running kernel takes segments nowhere
    /// else. Throws where no memory is reserved.
    public func crashRegion() throws(PlanError) -> PhysicalRange {
        guard let region = crashRegions.last else { throw .noCrashRegion(crashRegionSource) }
        return region
    }

    /// The RAM for the segments of a reboot. The crash kernel's regions are left alone: what is loaded there stays valid
    /// until the reboot.
    /// - Parameter taken: memory that is not for segments either
    public func memoryForReboot(without taken: [PhysicalRange]) -> [PhysicalRange] { systemRAM.subtracting(crashRegions + taken) }
}

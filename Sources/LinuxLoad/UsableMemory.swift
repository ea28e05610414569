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

    /// The memory for the segments of a reboot: RAM of this kernel, and of the next one. The crash kernel's regions are left alone: what
    /// is loaded there stays valid until the reboot.
    /// - Parameters:
    ///   - ram: RAM of the memory map that the next kernel gets
    ///   - taken: memory that is not for segments either
    public func memoryForReboot(in ram: [PhysicalRange], without taken: [PhysicalRange]) -> [PhysicalRange] {
        imageRAM.joined().intersecting(ram.joined()).subtracting(crashRegions + taken)
    }
}

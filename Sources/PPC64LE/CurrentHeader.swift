import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

extension PPC64LE {
    /// The PT_LOADs and PT_NOTEs of an elfcorehdr that is made now; where low memory would be saved to is not known.
    public func coreHeaders(on host: HostState) throws(PlanError) -> [ProgramHeader] {
        guard let tree = host.deviceTree else { throw .notShown(host.root.file(HostState.deviceTreeName), "the machine") }
        let firmware: Firmware
        do { firmware = try Firmware(tree) } catch { throw .deviceTree(error) }
        return try Elfcorehdr(host, try DumpNotes(host), firmware: firmware, backup: PhysicalAddress(0)).programHeaders
    }
}

import ELF
import HostState
import LinuxLoad
import LoadPlan

extension X86_64 {
    /// The PT_LOADs and PT_NOTEs of an elfcorehdr that is made now.
    public func coreHeaders(on host: HostState) throws(PlanError) -> [ProgramHeader] { try Elfcorehdr(host).programHeaders }
}

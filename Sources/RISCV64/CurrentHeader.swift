import ELF
import HostState
import LinuxLoad
import LoadPlan

extension RISCV64 {
    /// The PT_LOADs and PT_NOTEs of an elfcorehdr that is made now.
    public func coreHeaders(on host: HostState) throws(PlanError) -> [ProgramHeader] { try Elfcorehdr(host).programHeaders }
}

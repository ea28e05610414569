import ELF
import HostState
import LinuxLoad
import LoadPlan

extension Elfcorehdr {
    /// RAM, and a mapping of its own for the kernel, which KASLR puts elsewhere than where RAM is mapped.
    init(_ host: HostState) throws(PlanError) {
        try self.init(machine: .aarch64, directlyMapped: host) { () throws(PlanError) in try host.elfcorehdrText(linkedAtOrAbove: 0) }
    }
}

import ELF
import HostState
import LinuxLoad
import LoadPlan

extension Elfcorehdr {
    /// RAM, and a mapping of its own for the kernel, which is linked elsewhere than where RAM is mapped.
    init(_ host: HostState) throws(PlanError) {
        try self.init(machine: .riscv64, directlyMapped: host) { () throws(PlanError) in
            try host.elfcorehdrText(linkedAtOrAbove: Layout.kernelLinkAddress)
        }
    }
}

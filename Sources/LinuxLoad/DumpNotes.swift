import HostState
import LoadPlan
import PhysicalMemory

/// Where the running kernel keeps what a dump tool reads first.
public struct DumpNotes: Sendable {
    /// The registers of each CPU, in the order of the CPUs' numbers.
    public let crashNotes: [PhysicalRange]
    /// The note that describes the kernel (VMCOREINFO).
    public let vmcoreinfo: PhysicalRange

    /// Throws where the running kernel shows neither.
    public init(_ host: HostState) throws(PlanError) {
        guard let vmcoreinfo = host.vmcoreinfo else {
            throw .notShown(host.root.file(HostState.vmcoreinfoName), "where the kernel describes itself to dump tools")
        }
        guard !host.crashNotes.isEmpty else {
            throw .notShown(
                host.root.file(CrashNotes.possibleName), "the CPUs and, in cpuN/crash_notes beside it, where their registers are saved")
        }
        self.vmcoreinfo = vmcoreinfo
        crashNotes = host.crashNotes.map(\.range)
    }
}

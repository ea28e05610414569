import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

extension Elfcorehdr {
    /// RAM without the crash kernel's regions, and a mapping of its own for the kernel, which KASLR
    /// puts elsewhere than where RAM is mapped.
    init(_ host: HostState) throws(PlanError) {
        let notes = try DumpNotes(host)
        guard let ram = host.directMap else { throw .notShown(host.root.file(KernelCore.name), "where the kernel maps RAM") }
        self.init(
            machine: Machine.aarch64.elfMachine, crashNotes: notes.crashNotes, vmcoreinfo: notes.vmcoreinfo,
            kernelText: try host.elfcorehdrText(linkedAtOrAbove: 0), memory: try host.dumpedMemory(),
            directMapOffset: ram.virtualAddress &- ram.physicalAddress.rawValue)
    }
}

extension HostState {
    /// The mapping of a whole range of RAM, as opposed to that of the kernel, which lies in the midst of one.
    var directMap: ProgramHeader? {
        kernelCore?.loads.first { load in
            PhysicalRange(start: load.physicalAddress, size: load.memorySize).map { mapped in
                dumpedRAM.contains { mapped.contains($0) }
            } ?? false
        }
    }
}

import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

extension Elfcorehdr {
    /// RAM without the first MiB, and a mapping of its own for the kernel's text.
    /// - Parameter gone: memory that will hold something else when the header is read
    init(_ host: HostState, without gone: [PhysicalRange] = []) throws(PlanError) {
        let notes = try DumpNotes(host)
        guard let offset = host.kernelCore?.directMapOffset(below: Layout.kernelMap) else {
            throw .notShown(host.root.file(KernelCore.name), "where the kernel maps RAM")
        }
        self.init(
            machine: Machine.x86_64.elfMachine, crashNotes: notes.crashNotes, vmcoreinfo: notes.vmcoreinfo,
            kernelText: try host.elfcorehdrText(linkedAtOrAbove: Layout.kernelMap),
            memory: try host.dumpedMemory(without: gone + [Layout.firstMebibyte].compactMap { $0 }), directMapOffset: offset)
    }
}

import ELF
import HostState
import LoadPlan
import PhysicalMemory

/// What an elfcorehdr needs to know of the kernel that runs.
extension HostState {
    /// The mapping of the kernel's own text, data and bss in /proc/kcore.
    /// - Parameter lowest: no kernel of the machine is linked below this virtual address
    public func kernelText(linkedAtOrAbove lowest: UInt64) -> ProgramHeader? {
        ioMemory.ranges(named: "Kernel code").first.flatMap { kernelCore?.kernelText(physicalStart: $0.start, linkedAtOrAbove: lowest) }
    }

    /// The same for an elfcorehdr. Throws where /proc/iomem or /proc/kcore do not show it.
    public func elfcorehdrText(linkedAtOrAbove lowest: UInt64) throws(PlanError) -> Elfcorehdr.KernelText {
        guard let code = ioMemory.ranges(named: "Kernel code").first else {
            throw .notShown(root.file(IOMemory.name), "where the kernel's text lies, in a line 'Kernel code'")
        }
        guard let text = kernelText(linkedAtOrAbove: lowest), let range = PhysicalRange(start: code.start, size: text.memorySize) else {
            throw .notShown(
                root.file(KernelCore.name), "at which virtual address the kernel code at \(code.start) runs; no mapping of it is there")
        }
        return Elfcorehdr.KernelText(virtualStart: text.virtualAddress, range: range)
    }

    /// The RAM that is dumped: all but the crash kernel's own. Throws where that is none.
    /// - Parameter taken: memory that is not dumped either
    public func dumpedMemory(without taken: [PhysicalRange] = []) throws(PlanError) -> [Elfcorehdr.Memory] {
        let memory = dumpedRAM.subtracting(crashRegions + crashCMARanges + taken)
        guard !memory.isEmpty else { throw .rule(.elfcorehdr, "there is no RAM to dump outside the crash kernel's region") }
        return memory.map { Elfcorehdr.Memory($0) }
    }

    /// The mapping of a whole range of RAM, as opposed to that of the kernel, which lies in the midst of one.
    public var directMap: ProgramHeader? {
        kernelCore?.loads.first { load in
            PhysicalRange(start: load.physicalAddress, size: load.memorySize).map { mapped in
                dumpedRAM.contains { mapped.contains($0) }
            } ?? false
        }
    }
}

extension Elfcorehdr {
    /// RAM without the crash kernel's regions, where /proc/kcore shows that the running kernel maps it.
    /// - Parameter text: the mapping of the kernel itself
    public init(
        machine: Machine, directlyMapped host: HostState, text: () throws(PlanError) -> KernelText
    ) throws(PlanError) {
        let notes = try DumpNotes(host)
        guard let ram = host.directMap else { throw .notShown(host.root.file(KernelCore.name), "where the kernel maps RAM") }
        self.init(
            machine: machine.elfMachine, crashNotes: notes.crashNotes, vmcoreinfo: notes.vmcoreinfo, kernelText: try text(),
            memory: try host.dumpedMemory(), directMapOffset: ram.virtualAddress &- ram.physicalAddress.rawValue)
    }
}

import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

extension AArch64 {
    /// RAM without the crash kernel's regions, and a mapping of its own for the kernel, which KASLR
    /// puts elsewhere than where RAM is mapped.
    static func elfcorehdr(_ host: HostState, machine: UInt16) throws(PlanError) -> Elfcorehdr {
        let facts = try DumpFacts(host)
        guard let ram = directMap(host) else {
            throw .missingFact(host.root.file(KernelCore.name), "where the kernel maps RAM")
        }
        guard let code = host.ioMemory.ranges(named: "Kernel code").first else {
            throw .missingFact(host.root.file(IOMemory.name), "in a line 'Kernel code', where the kernel's text lies")
        }
        guard let text = kernelText(host), let textRange = PhysicalRange(start: code.start, size: text.memorySize)
        else {
            throw .missingFact(
                host.root.file(KernelCore.name), "at which virtual address the kernel code at \(code.start) runs; no mapping of it is there"
            )
        }
        let memory = host.systemRAM.subtracting(host.crashRegions + host.crashCMARanges)
        guard !memory.isEmpty else { throw .rule(.elfcorehdr, "there is no RAM to dump outside the crash kernel's region") }
        return Elfcorehdr(
            machine: machine, crashNotes: facts.crashNotes, vmcoreinfo: facts.vmcoreinfo,
            kernelText: Elfcorehdr.KernelText(virtualStart: text.virtualAddress, range: textRange),
            memory: memory.map { Elfcorehdr.Memory($0) },
            directMapOffset: ram.virtualAddress &- ram.physicalAddress.rawValue)
    }

    /// The mapping of a whole range of RAM, as opposed to that of the kernel, which lies in the midst of one.
    static func directMap(_ host: HostState) -> ProgramHeader? {
        host.kernelCore?.loads.first { load in
            PhysicalRange(start: load.physicalAddress, size: load.memorySize).map { mapped in
                host.systemRAM.contains { mapped.contains($0) }
            } ?? false
        }
    }

    /// The kernel's own mapping.
    static func kernelText(_ host: HostState) -> ProgramHeader? {
        host.ioMemory.ranges(named: "Kernel code").first.flatMap {
            host.kernelCore?.kernelText(physicalStart: $0.start, linkedAtOrAbove: 0)
        }
    }
}

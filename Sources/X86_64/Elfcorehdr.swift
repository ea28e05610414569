import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// The elfcorehdr of an x86_64 machine.
enum CrashElfcorehdr {
    /// - Parameter leavingOut: memory that will hold something else when the header is read
    static func header(
        _ host: HostState, machine: UInt16, leavingOut gone: [PhysicalRange] = []
    ) throws(PlanError) -> Elfcorehdr {
        let facts = try DumpFacts(host)
        guard let core = host.kernelCore, let offset = core.directMapOffset(below: Layout.kernelMap) else {
            throw .missingFact(host.root.file(KernelCore.name), "where the kernel maps RAM")
        }
        let memory = host.systemRAM.subtracting(host.crashRegions + host.crashCMARanges + gone + [Layout.firstMebibyte].compactMap { $0 })
        guard !memory.isEmpty else { throw .rule(.elfcorehdr, "there is no RAM to dump outside the crash kernel's region") }
        return Elfcorehdr(
            machine: machine, crashNotes: facts.crashNotes, vmcoreinfo: facts.vmcoreinfo,
            kernelText: try kernelText(host, core), memory: memory.map { Elfcorehdr.Memory($0) }, directMapOffset: offset)
    }

    private static func kernelText(_ host: HostState, _ core: KernelCore) throws(PlanError) -> Elfcorehdr.KernelText {
        guard let code = host.ioMemory.ranges(named: "Kernel code").first else {
            throw .missingFact(host.root.file(IOMemory.name), "in a line 'Kernel code', where the kernel's text lies")
        }
        guard let text = core.kernelText(physicalStart: code.start, linkedAtOrAbove: Layout.kernelMap),
            let range = PhysicalRange(start: code.start, size: text.memorySize)
        else {
            throw .missingFact(
                host.root.file(KernelCore.name), "at which virtual address the kernel code at \(code.start) runs; no mapping of it is there"
            )
        }
        return Elfcorehdr.KernelText(virtualStart: text.virtualAddress, range: range)
    }
}

import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

extension PPC64LE {
    /// The elfcorehdr as the kernel itself writes it after memory came or went
    /// (arch/powerpc/kexec/ranges.c, get_crash_memory_ranges): RAM without the crash kernel's region,
    /// with what firmware keeps there, and with low memory from where purgatory saves it to.
    static func elfcorehdr(
        _ host: HostState, _ facts: DumpFacts, firmware: Firmware, backup: PhysicalAddress, machine: UInt16
    ) throws(PlanError) -> Elfcorehdr {
        guard let low = PhysicalRange(start: PhysicalAddress(0), size: Layout.lowMemory),
            host.systemRAM.contains(where: { $0.contains(low) })
        else {
            throw .rule(.elfcorehdr, "\(host.root.file(IOMemory.name)) shows no RAM at the first \(Layout.lowMemory)")
        }
        let keptInRegion = [firmware.rtas?.memory, firmware.opal?.memory].compactMap { $0 }.flatMap { kept in
            host.crashRegions.compactMap { kept.intersection($0) }
        }
        let memory = (host.systemRAM.subtracting(host.crashRegions + host.crashCMARanges + [low]) + keptInRegion).normalized()
        return Elfcorehdr(
            machine: machine, crashNotes: facts.crashNotes, vmcoreinfo: facts.vmcoreinfo, kernelText: nil,
            memory: [Elfcorehdr.Memory(low, contentsAt: backup)] + memory.map { Elfcorehdr.Memory($0) },
            directMapOffset: Layout.directMap)
    }
}

import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

extension Elfcorehdr {
    /// The elfcorehdr as the kernel itself writes it after memory came or went
    /// (arch/powerpc/kexec/ranges.c, get_crash_memory_ranges): RAM without the crash kernel's region,
    /// with what firmware keeps there, and with low memory from where purgatory saves it to.
    init(_ host: HostState, _ notes: DumpNotes, firmware: Firmware, backup: PhysicalAddress) throws(PlanError) {
        guard let low = PhysicalRange(start: PhysicalAddress(0), size: Layout.lowMemory),
            host.dumpedRAM.contains(where: { $0.contains(low) })
        else {
            throw .rule(.elfcorehdr, "\(host.root.file(IOMemory.name)) shows no RAM at the first \(Layout.lowMemory)")
        }
        let keptInRegion = [firmware.rtas?.memory, firmware.opal?.memory].compactMap { $0 }.flatMap { kept in
            host.crashRegions.compactMap { kept.intersection($0) }
        }
        let memory = (host.dumpedRAM.subtracting(host.crashRegions + host.crashCMARanges + [low]) + keptInRegion).normalized()
        self.init(
            machine: Machine.ppc64le.elfMachine, crashNotes: notes.crashNotes, vmcoreinfo: notes.vmcoreinfo, kernelText: nil,
            memory: [Memory(low, contentsAt: backup)] + memory.map { Memory($0) }, directMapOffset: Layout.directMap)
    }
}

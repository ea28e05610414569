import HostState

extension FuzzTarget {
    /// What `swkexec snapshot` writes of a machine is read back as the same machine.
    static let snapshot = FuzzTarget(name: "snapshot") {
        machineSeeds()
    } read: { bytes in
        let root = MachineFiles(bytes).root
        attempt {
            let kept = SystemRoot(try Snapshot.files(of: root), at: "/snapshot")
            let (machine, copy) = (try HostState.read(root), try HostState.read(kept))
            promise(copy.dumpedRAM == machine.dumpedRAM && copy.crashRegions == machine.crashRegions, "iomem is kept")
            promise(copy.nextKernelRAM == machine.nextKernelRAM && copy.imageRAM == machine.imageRAM, "whose RAM it is is kept")
            promise(copy.crashCMARanges == machine.crashCMARanges && copy.firmwareMap == machine.firmwareMap, "memory is kept")
            promise(copy.crashNotes == machine.crashNotes && copy.vmcoreinfo == machine.vmcoreinfo, "notes are kept")
            promise(
                copy.kernelCore?.loads == machine.kernelCore?.loads && copy.kernelCore?.machine == machine.kernelCore?.machine,
                "mappings are kept")
            promise(copy.efi?.runtimeMap == machine.efi?.runtimeMap && copy.efiTables == machine.efiTables, "EFI is kept")
            promise(copy.acpiRootAddress == machine.acpiRootAddress, "ACPI is kept")
            promise(copy.commandLine == machine.commandLine && copy.release == machine.release, "the kernel is kept")
            promise(copy.totalMemory == machine.totalMemory && copy.elfcorehdrCapacity == machine.elfcorehdrCapacity, "sizes are kept")
        }
    }
}

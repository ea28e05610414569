/// The elfcorehdr, by which a capture kernel shows the crashed one's memory (kernel/crash_core.c,
/// crash_prepare_elf64_headers; arch/*/kernel/crash.c, kernel/kexec_elf.c; arch/powerpc/kexec/ranges.c).
extension PlanChecker {
    func checkElfcorehdr() {
        guard let segment = segment("elfcorehdr"), let core = CoreReader(segment.bytes) else { return missing("elfcorehdr") }
        require(core.machine == machine.architecture.machine, "core-machine", "\(core.machine)")
        let notes = core.headers.filter { $0.type == 4 }
        require(notes.map(\.extent) == machine.crashNotes + [machine.vmcoreinfo], "core-notes", "\(notes.map(\.extent))")
        require(notes.allSatisfy { $0.offset == $0.physical && $0.fileSize == $0.memorySize }, "core-note-places", "")
        var loads = core.headers.filter { $0.type == 1 }
        require(notes.count + loads.count == core.headers.count, "core-types", "")
        if let text = machine.kernelText {
            let index = loads.firstIndex { $0.virtual == text.virtual && $0.extent == text.extent && $0.offset == $0.physical }
            require(index != nil, "core-text", "\(text.extent)")
            if let index { loads.remove(at: index) }
        }
        checkDumpedMemory(loads)
        // What the kernel may write there on hotplug, the ELF header before it.
        if request.hotplug, let capacity = machine.elfcorehdrCapacity {
            require(segment.memory.size >= max(capacity, UInt64(core.end)), "core-room", "\(segment.memory) for \(capacity)")
        }
        require(core.end <= segment.bytes.count, "core-whole", "")
    }

    private func checkDumpedMemory(_ loads: [CoreReader.Header]) {
        let isPowerPC = machine.architecture == .ppc64le
        // The capture kernel overwrites the first 64 KiB, and purgatory saves them before.
        let low = Extent(0, 64 << 10)
        let backup = segment("backup")?.memory
        for load in loads {
            require(load.fileSize == load.memorySize, "core-sizes", "\(load.extent)")
            require(load.virtual == machine.directMap &+ load.physical, "core-virtual", "\(load.extent) at \(hex(load.virtual))")
            let place = isPowerPC && load.extent == low ? backup?.start : load.physical
            require(load.offset == place, "core-offset", "\(load.extent) at \(hex(load.offset))")
        }
        var wanted = machine.ram.subtracting(AddressSet(machine.crashRegions)).subtracting(machine.crashCMA)
        switch machine.architecture {
        case .x86_64: wanted = wanted.subtracting(Extent(0, 1 << 20))
        case .ppc64le:
            wanted = wanted.union(machine.firmwareCode.intersection(AddressSet(machine.crashRegions)))
            require(loads.contains { $0.extent == low }, "core-low-memory", "")
        case .aarch64, .riscv64: break
        }
        let dumped = AddressSet(loads.map(\.extent))
        require(dumped == wanted, "core-memory", "missing \(wanted.subtracting(dumped)), too much \(dumped.subtracting(wanted))")
        // vmcore.c lists them in order; none twice.
        require(dumped.size == loads.reduce(0) { $0 &+ $1.memorySize }, "core-memory-once", "")
    }
}

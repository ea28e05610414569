import CrashDump
import ELF
import HostState
import PhysicalMemory

/// The elfcorehdr of an x86_64 machine, and the room it gets.
struct CrashElfcorehdr {
    /// Least room of a header that nobody rewrites.
    static let smallestSegment = ByteCount.kibibytes(16)
    /// Program headers that a header above sysfs's own figure may still grow by.
    static let growth = 256

    let bytes: [UInt8]
    let segmentSize: ByteCount
    let warning: String?

    /// - Parameter leavingOut: memory that will hold something else when the header is read
    init(_ host: HostState, machine: UInt16, leavingOut gone: [PhysicalRange], hotplug: Bool) throws(PlanError) {
        let header = try Self.header(host, machine: machine, leavingOut: gone)
        do {
            bytes = try header.bytes()
        } catch {
            throw .elfcorehdr(error)
        }
        let needed = ByteCount(bytes.count)
        var room = Self.smallestSegment
        var warning: String?
        if hotplug, let capacity = host.elfcorehdrCapacity {
            // sysfs counts program headers only; the ELF header stands before them.
            let total = capacity.adding(ByteCount(ELFHeader.size)) ?? capacity
            if needed > total {
                warning = "the elfcorehdr needs \(needed) today, more than the \(capacity) that the kernel names for it: it can grow by \(Self.growth) ranges only"
                room = needed.adding(ByteCount(Self.growth * ProgramHeader.size)) ?? needed
            } else {
                room = total
            }
        }
        guard let segmentSize = max(room, needed).alignedUp(to: .page) else {
            throw .rule(.elfcorehdr, "the capacity of \(room) that sysfs names for it is larger than any memory")
        }
        self.segmentSize = segmentSize
        self.warning = warning
    }

    private static func header(
        _ host: HostState, machine: UInt16, leavingOut gone: [PhysicalRange]
    ) throws(PlanError) -> Elfcorehdr {
        guard let vmcoreinfo = host.vmcoreinfo else {
            throw .missingFact(host.root.file(HostState.vmcoreinfoName), "where the kernel describes itself to dump tools")
        }
        guard !host.crashNotes.isEmpty else {
            throw .missingFact(host.root.file(CrashNotes.possibleName), "the CPUs and, in cpuN/crash_notes beside it, where their registers are saved")
        }
        guard let core = host.kernelCore, let offset = core.directMapOffset(below: Layout.kernelMap) else {
            throw .missingFact(host.root.file(KernelCore.name), "where the kernel maps RAM")
        }
        let memory = host.systemRAM.subtracting(host.crashRegions + host.crashCMARanges + gone + [Layout.firstMebibyte].compactMap { $0 })
        guard !memory.isEmpty else { throw .rule(.elfcorehdr, "there is no RAM to dump outside the crash kernel's region") }
        return Elfcorehdr(
            machine: machine, crashNotes: host.crashNotes.map(\.range), vmcoreinfo: vmcoreinfo,
            kernelText: try kernelText(host, core), memory: memory, directMapOffset: offset)
    }

    private static func kernelText(_ host: HostState, _ core: KernelCore) throws(PlanError) -> Elfcorehdr.KernelText {
        guard let code = host.ioMemory.ranges(named: "Kernel code").first else {
            throw .missingFact(host.root.file(IOMemory.name), "in a line 'Kernel code', where the kernel's text lies")
        }
        guard let text = core.kernelText(physicalStart: code.start, linkedAtOrAbove: Layout.kernelMap),
            let range = PhysicalRange(start: code.start, size: text.memorySize)
        else {
            throw .missingFact(host.root.file(KernelCore.name), "at which virtual address the kernel code at \(code.start) runs; no mapping of it is there")
        }
        return Elfcorehdr.KernelText(virtualStart: text.virtualAddress, range: range)
    }
}

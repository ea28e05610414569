import ELF
import PhysicalMemory

/// The ELF core header that a crash kernel finds by `elfcorehdr=` and shows as /proc/vmcore.
///
/// It is made as the kernel itself makes it when memory or CPUs come and go
/// (kernel/crash_core.c, crash_prepare_elf64_headers), so that the header before an event and
/// the one after it describe the same memory.
public struct Elfcorehdr: Sendable {
    /// Where the running kernel's text, data and bss lie: `_text` to `_end`.
    public struct KernelText: Hashable, Sendable {
        /// The virtual address of `_text`, where the kernel was linked or KASLR has moved it.
        public let virtualStart: UInt64
        /// The physical memory, from `_text` to `_end`.
        public let range: PhysicalRange

        /// Both come from /proc/iomem and /proc/kcore.
        public init(virtualStart: UInt64, range: PhysicalRange) {
            self.virtualStart = virtualStart
            self.range = range
        }
    }

    /// RAM of the crashed kernel.
    public struct Memory: Hashable, Sendable {
        /// Where it was before the crash: p_paddr.
        public let range: PhysicalRange
        /// Where its contents are when they are dumped: mostly where they were, but what a new
        /// kernel overwrites has been copied away before.
        public let contents: PhysicalAddress

        /// - Parameter contents: nil where they stay in place
        public init(_ range: PhysicalRange, contentsAt contents: PhysicalAddress? = nil) {
            self.range = range
            self.contents = contents ?? range.start
        }
    }

    /// e_machine of the crashed kernel.
    public var machine: UInt16
    /// Where each CPU saves its registers, in the order of the CPUs' numbers.
    public var crashNotes: [PhysicalRange]
    /// The note with VMCOREINFO, by which dump tools know the kernel.
    public var vmcoreinfo: PhysicalRange
    /// Nil on ppc64, whose kernels have no mapping of their own for it.
    public var kernelText: KernelText?
    /// The RAM that is dumped, in address order.
    public var memory: [Memory]
    /// What the crashed kernel added to a physical address to reach it in its direct map.
    public var directMapOffset: UInt64

    /// Nothing is checked here: `bytes()` throws where it is too much for one header.
    public init(
        machine: UInt16, crashNotes: [PhysicalRange], vmcoreinfo: PhysicalRange, kernelText: KernelText?,
        memory: [Memory], directMapOffset: UInt64
    ) {
        self.machine = machine
        self.crashNotes = crashNotes
        self.vmcoreinfo = vmcoreinfo
        self.kernelText = kernelText
        self.memory = memory
        self.directMapOffset = directMapOffset
    }

    /// PT_NOTE of each CPU, PT_NOTE of VMCOREINFO, PT_LOAD of the kernel's text, PT_LOAD of each
    /// range of RAM. File offsets are physical addresses: the capture kernel reads old memory.
    public var programHeaders: [ProgramHeader] {
        var headers: [ProgramHeader] = []
        headers.reserveCapacity(crashNotes.count + memory.count + 2)
        for range in crashNotes + [vmcoreinfo] {
            headers.append(header(SegmentType.note, Memory(range), virtualAddress: 0, flags: 0))
        }
        if let text = kernelText {
            headers.append(
                header(SegmentType.load, Memory(text.range), virtualAddress: text.virtualStart, flags: ProgramHeader.readWriteExecute))
        }
        for memory in memory {
            // The direct map wraps for no real machine; a lying /proc/kcore must not trap.
            let virtualAddress = directMapOffset &+ memory.range.start.rawValue
            headers.append(header(SegmentType.load, memory, virtualAddress: virtualAddress, flags: ProgramHeader.readWriteExecute))
        }
        return headers
    }

    private func header(_ type: UInt32, _ memory: Memory, virtualAddress: UInt64, flags: UInt32) -> ProgramHeader {
        ProgramHeader(
            type: type, flags: flags, offset: FileOffset(memory.contents.rawValue), virtualAddress: virtualAddress,
            physicalAddress: memory.range.start, fileSize: memory.range.size, memorySize: memory.range.size)
    }

    /// The header's bytes. Throws when there are more program headers than e_phnum counts.
    public func bytes() throws(ELFError) -> [UInt8] {
        try CoreHeader.bytes(machine: machine, programHeaders: programHeaders)
    }
}

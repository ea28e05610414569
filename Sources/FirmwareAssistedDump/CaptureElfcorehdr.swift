import ELF
import PhysicalMemory

/// The elfcorehdr that a capture kernel of Linux 6.10 or newer makes from its own memory map and the
/// crash info header, and shows as /proc/vmcore (arch/powerpc/kernel/fadump.c,
/// fadump_populate_elfcorehdr). It differs in one thing: a memory region that lies wholly inside the
/// reserved area has no program header, while the kernel counts an empty one.
public struct CaptureElfcorehdr: Hashable, Sendable {
    /// Where the kernel maps physical address 0.
    static let directMap: UInt64 = 0xc000_0000_0000_0000
    /// e_flags of the ELFv2 ABI, which little-endian kernels are built for.
    static let elfV2: UInt32 = 2

    /// PT_NOTE of the CPUs, PT_NOTE of VMCOREINFO, PT_LOADs of boot memory, PT_LOADs of the rest.
    public let programHeaders: [ProgramHeader]
    /// What may be wrong with the dump though the headers could be made, a sentence each.
    public let warnings: [String]

    /// Makes the headers. Throws where boot memory, reserved area or the note are no memory, or overlap.
    /// - Parameters:
    ///   - header: the crashed kernel's
    ///   - reserved: its reserved area
    ///   - memory: the capture kernel's memory, which need not be in order
    public init(
        _ header: CrashInfo, _ bootMemory: BootMemory, reserved: PhysicalRange, memory: [PhysicalRange]
    ) throws(FadumpRegionsError) {
        for region in bootMemory.regions {
            try Self.require("boot memory", region, in: memory)
            if region.overlaps(reserved) { throw .overlap("the reserved area", reserved, region) }
        }
        try Self.require("the reserved area", reserved, in: memory)
        guard let note = PhysicalRange(start: header.vmcoreinfoAddress, size: header.vmcoreinfoSize) else {
            throw .vmcoreinfo(header.vmcoreinfoAddress, header.vmcoreinfoSize)
        }
        try Self.require("VMCOREINFO", note, in: memory)
        var warnings: [String] = []
        if header.version != CrashInfo.knownVersion {
            warnings.append(
                "the header's version \(header.version) is not known: its fields are taken for those of version \(CrashInfo.knownVersion)")
        }
        if bootMemory.regions.contains(where: { $0.overlaps(note) }) {
            warnings.append("VMCOREINFO at \(note.start) lies in boot memory, where the capture kernel runs: it was not relocated")
        }
        self.warnings = warnings

        // The CPUs' note: where it is and how long, platform code fills in once it has made it.
        var headers = [
            ProgramHeader(
                type: SegmentType.note, offset: FileOffset(0), physicalAddress: PhysicalAddress(0), fileSize: .zero, memorySize: .zero),
            ProgramHeader(
                type: SegmentType.note, offset: FileOffset(note.start.rawValue), physicalAddress: note.start,
                fileSize: note.size, memorySize: note.size),
        ]
        for (index, region) in bootMemory.regions.enumerated() {
            headers.append(Self.load(region, contentsAt: bootMemory.copy(of: index)))
        }
        let taken = [PhysicalRange(start: PhysicalAddress(0), end: bootMemory.top), reserved].compactMap { $0 }
        for range in memory.subtracting(taken) { headers.append(Self.load(range, contentsAt: range.start)) }
        programHeaders = headers
    }

    /// The ELF header and the program headers. Throws where these are more than can be counted.
    public func bytes() throws(ELFError) -> [UInt8] {
        try CoreHeader.bytes(machine: ELFMachine.ppc64, flags: Self.elfV2, programHeaders: programHeaders)
    }

    private static func load(_ range: PhysicalRange, contentsAt contents: PhysicalAddress) -> ProgramHeader {
        ProgramHeader(
            type: SegmentType.load, flags: ProgramHeader.readWriteExecute, offset: FileOffset(contents.rawValue),
            virtualAddress: directMap | range.start.rawValue, physicalAddress: range.start, fileSize: range.size, memorySize: range.size)
    }

    private static func require(_ what: String, _ range: PhysicalRange, in memory: [PhysicalRange]) throws(FadumpRegionsError) {
        if let missing = [range].subtracting(memory).first { throw .notMemory(what, range, missing: missing) }
    }
}

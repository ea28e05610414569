import ELF
import HostState
import PhysicalMemory

/// The elfcorehdr as it stands in memory, and against the machine as it is.
public struct InspectedHeader: Hashable, Sendable {
    /// Where it lies.
    public let start: PhysicalAddress
    /// What is dumped: the ranges of its PT_LOADs, in address order, neighbours apart.
    public let memory: [PhysicalRange]
    /// How many PT_NOTEs it has.
    public let notes: Int
    /// How many more program headers fit into its segment; nil where its size is not known.
    public let room: Int?

    /// What a header would describe that was made now.
    public struct Expectation: Sendable {
        /// The program headers of that one: notes of the CPUs in the order of their numbers, VMCOREINFO, memory.
        public let programHeaders: [ProgramHeader]
        /// All RAM, by whatever name the kernel has it.
        public let systemRAM: [PhysicalRange]
        /// The crash kernel's own regions, which no dump needs to have, and no header need leave out.
        public let crashRegions: [PhysicalRange]

        /// From the architecture's header and the machine's files.
        public init(programHeaders: [ProgramHeader], on host: HostState) {
            self.programHeaders = programHeaders
            systemRAM = host.dumpedRAM + host.nextKernelRAM
            crashRegions = host.crashRegions
        }

        /// For tests and for whoever has no machine.
        public init(programHeaders: [ProgramHeader], systemRAM: [PhysicalRange], crashRegions: [PhysicalRange]) {
            self.programHeaders = programHeaders
            self.systemRAM = systemRAM
            self.crashRegions = crashRegions
        }
    }

    /// Firmware of PCs keeps things there, and loaders describe more or less of it.
    private static let firstMebibyte = PhysicalRange(start: PhysicalAddress(0), size: .mebibytes(1))

    /// Reads it. What is wrong with it is a finding, and then there is nothing else to say.
    /// - Parameters:
    ///   - segment: all memory that it may take; where its size is not known, up to the end of the region
    ///   - isSized: whether `segment` is its own
    ///   - mustGrow: whether the kernel was asked to keep it right
    static func read(
        _ segment: PhysicalRange, isSized: Bool, mustGrow: Bool, in memory: some CrashMemory, of machine: Machine,
        against expectation: Expectation
    ) throws(CrashMemoryError) -> (header: InspectedHeader?, findings: [Finding]) {
        let programHeaders: [ProgramHeader]
        switch try table(segment, in: memory, of: machine) {
        case .success(let table): programHeaders = table
        case .failure(let malformed): return (nil, [.headerMalformed(segment.start, malformed.why)])
        }
        let loads = programHeaders.filter { $0.type == SegmentType.load && $0.memorySize > .zero }
        let ranges = loads.compactMap { PhysicalRange(start: $0.physicalAddress, size: $0.memorySize) }
        guard ranges.count == loads.count else {
            return (nil, [.headerMalformed(segment.start, "a PT_LOAD reaches beyond the address space")])
        }
        let notes = programHeaders.filter { $0.type == SegmentType.note }
        let capacity = (Int(clamping: segment.size.rawValue) - ELFHeader.size) / ProgramHeader.size
        let header = InspectedHeader(
            start: segment.start, memory: ranges.sorted { $0.start < $1.start }, notes: notes.count,
            room: isSized ? max(0, capacity - programHeaders.count) : nil)
        var findings = header.differences(notes: notes, from: expectation)
        if mustGrow, header.room == 0 { findings.append(.headerFull(segment)) }
        return (header, findings)
    }

    private struct Malformed: Error {
        let why: String
    }

    private static func table(
        _ segment: PhysicalRange, in memory: some CrashMemory, of machine: Machine
    ) throws(CrashMemoryError) -> Result<[ProgramHeader], Malformed> {
        guard let head = PhysicalRange(start: segment.start, size: ByteCount(ELFHeader.size)), segment.contains(head) else {
            return .failure(Malformed(why: "no room for an ELF header"))
        }
        let start = try memory.bytes(head)
        do {
            let header = try ELFHeader(start.span)
            guard CoreShape.matches(start.span, machine) else { throw Malformed(why: "not a core header of \(machine.name)") }
            let (size, overflow) = header.programHeadersOffset.addingReportingOverflow(
                UInt64(header.programHeaderCount) * UInt64(ProgramHeader.size))
            guard !overflow, let whole = PhysicalRange(start: segment.start, size: ByteCount(size)), segment.contains(whole) else {
                throw Malformed(why: "its \(header.programHeaderCount) program headers end after the segment")
            }
            var bytes: [UInt8] = []
            for portion in whole.portions { bytes += try memory.bytes(portion) }
            let table = try ProgramHeader.table(of: header, in: bytes.span)
            // What Linux takes of them (fs/proc/vmcore.c), and purgatory, too.
            guard table.allSatisfy({ [0, SegmentType.load, SegmentType.note].contains($0.type) }) else {
                throw Malformed(why: "a program header is neither PT_LOAD nor PT_NOTE")
            }
            return .success(table)
        } catch let error as CrashMemoryError {
            throw error
        } catch let malformed as Malformed {
            return .failure(malformed)
        } catch {
            return .failure(Malformed(why: "\(error)"))
        }
    }

    private func differences(notes: [ProgramHeader], from expectation: Expectation) -> [Finding] {
        var findings: [Finding] = []
        let wanted = expectation.programHeaders.filter { $0.type == SegmentType.load }
            .compactMap { PhysicalRange(start: $0.physicalAddress, size: $0.memorySize) }
        let ram = expectation.systemRAM + expectation.crashRegions + [Self.firstMebibyte].compactMap { $0 }
        findings += wanted.subtracting(memory).map { .memoryMissing($0) }
        findings += memory.subtracting(ram).map { .memoryGone($0) }

        let places = Set(notes.map(\.offset))
        let expected = expectation.programHeaders.filter { $0.type == SegmentType.note }
        let missing = expected.dropLast().enumerated().filter { !places.contains($0.element.offset) }.map(\.offset)
        if !missing.isEmpty { findings.append(.notesMissing(missing)) }
        if let vmcoreinfo = expected.last, !places.contains(vmcoreinfo.offset),
            let range = PhysicalRange(start: PhysicalAddress(vmcoreinfo.offset.rawValue), size: vmcoreinfo.memorySize)
        {
            findings.append(.vmcoreinfoMoved(range))
        }
        return findings
    }
}

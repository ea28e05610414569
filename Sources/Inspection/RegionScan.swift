import ELF
import PhysicalMemory
import Purgatory

/// What lies in the crash kernel's regions, by its shape: records of purgatory, and ELF core headers.
struct RegionScan {
    /// Records that can be believed, with their addresses.
    private(set) var records: [(address: PhysicalAddress, record: PurgatoryRecord)] = []
    /// What begins as a record and is none.
    private(set) var rejected: [(address: PhysicalAddress, error: PurgatoryRecordError)] = []
    /// Pages that begin as the core header of this machine does.
    private(set) var headers: [PhysicalAddress] = []
    /// Whether there was anything but zeroes where something would begin.
    private(set) var isEmpty = true

    /// Of each kind; an image has one, and remains of older ones may be a few.
    static let limit = 16

    private static let pageSize = Int(ByteCount.page.rawValue)

    init(_ regions: [PhysicalRange], in memory: some CrashMemory, machine: Machine) throws(CrashMemoryError) {
        for region in regions {
            for portion in region.portions {
                let bytes = try memory.bytes(portion)
                for offset in interesting(bytes) {
                    guard let address = portion.start.advanced(by: ByteCount(offset)) else { continue }
                    try look(at: address, in: region, of: regions, memory, machine)
                }
            }
        }
    }

    /// Where a record or an ELF header may begin: by a first look at the bytes that are a record's alignment apart.
    private mutating func interesting(_ bytes: [UInt8]) -> [Int] {
        let (first, second, elf) = (PurgatoryRecord.magic[0], PurgatoryRecord.magic[1], ELFHeader.magic[0])
        var found: [Int] = []
        var anything: UInt8 = 0
        let span = bytes.span
        var offset = 0
        while offset < span.count {
            let byte = span[offset]
            anything |= byte
            if byte == first, offset + 1 < span.count, span[offset + 1] == second, span.matches(PurgatoryRecord.magic, at: offset) {
                found.append(offset)
            } else if byte == elf, offset % Self.pageSize == 0, span.matches(ELFHeader.magic, at: offset) {
                found.append(offset)
            }
            offset += PurgatoryRecord.alignment
        }
        if anything != 0 { isEmpty = false }
        return found
    }

    private mutating func look(
        at address: PhysicalAddress, in region: PhysicalRange, of regions: [PhysicalRange], _ memory: some CrashMemory, _ machine: Machine
    ) throws(CrashMemoryError) {
        let size = ByteCount(max(PurgatoryRecord.size, ELFHeader.size))
        let end = min(address.advanced(by: size) ?? region.end, region.end)
        guard let range = PhysicalRange(start: address, end: end) else { return }
        let bytes = try memory.bytes(range)
        guard bytes.span.matches(PurgatoryRecord.magic) else {
            if headers.count < Self.limit, CoreShape.matches(bytes.span, machine) { headers.append(address) }
            return
        }
        do {
            let record = try PurgatoryRecord(bytes.span, at: address, of: machine, within: regions)
            if records.count < Self.limit { records.append((address, record)) }
        } catch {
            if rejected.count < Self.limit { rejected.append((address, error)) }
        }
    }
}

/// How an elfcorehdr begins.
enum CoreShape {
    static func matches(_ bytes: Span<UInt8>, _ machine: Machine) -> Bool {
        guard let header = try? ELFHeader(bytes) else { return false }
        return header.type == ELFType.core && header.machine == machine.elfMachine && header.byteOrder == machine.byteOrder
            && header.programHeaderCount > 0
    }
}

extension PhysicalRange {
    /// As much of it at once as is read at once, in address order.
    var portions: some Sequence<PhysicalRange> {
        sequence(state: start) { next in
            let end = min(next.advanced(by: ImageInspection.portion) ?? self.end, self.end)
            defer { next = end }
            return PhysicalRange(start: next, end: end)
        }
    }
}

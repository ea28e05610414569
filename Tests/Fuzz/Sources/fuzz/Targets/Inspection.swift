import ELF
import Inspection
import PhysicalMemory
import Purgatory
import Reports

extension FuzzTarget {
    /// The memory of a crash kernel's region, whatever lies in it, read as the loaded image. A record's place and checksum are set right
    /// first: no mutation would get past them.
    static let inspection = FuzzTarget(name: "inspection") {
        try Machine.all.map { try region($0) }
    } read: { bytes in
        for machine in Machine.all {
            attempt {
                let memory = RegionMemory(bytes: sealed(bytes))
                let regions = [PhysicalRange(start: start, size: ByteCount(memory.bytes.count))].compactMap { $0 }
                let expectation = InspectedHeader.Expectation(
                    programHeaders: [
                        header(SegmentType.note, 0x1000), header(SegmentType.note, 0x2000), header(SegmentType.load, 0x10_0000),
                    ],
                    systemRAM: regions, crashRegions: regions)
                let inspector = Inspector(memory, of: machine, regions: regions, expectation: expectation, liveTree: nil)
                let inspection = try inspector.inspect(wantsDigests: true)
                for segment in inspection.segments {
                    promise(regions.contains { $0.contains(segment.memory) }, "a segment lies in the region")
                    promise(segment.loadedSize <= segment.memory.size, "what is loaded lies in the segment")
                }
                promise(inspection.isIntact != true || inspection.isOwn, "what is not known is not said to be intact")
                let report = InspectionReport(inspection, architecture: machine.name, .init(cpus: 1, memory: nil))
                checkText(of: report)
                promise(isLines(report.text(.map, width: 80)), "a map has no control characters")
            }
        }
    }

    private static let start = PhysicalAddress(0x6e00_0000)

    private struct RegionMemory: CrashMemory {
        let bytes: [UInt8]

        func bytes(_ range: PhysicalRange) throws(CrashMemoryError) -> [UInt8] {
            let first = Int(range.start.rawValue - start.rawValue)
            promise(range.start >= start && first + Int(range.size.rawValue) <= bytes.count, "nothing outside the region is read")
            promise(range.size <= ImageInspection.portion, "no more is read at once than is allowed")
            return Array(bytes[first..<first + Int(range.size.rawValue)])
        }
    }

    /// Whole pages; every record at home and with its checksum (struct purgatory_record).
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes + [UInt8](repeating: 0, count: 4096 - bytes.count % 4096)
        let size = PurgatoryRecord.size
        for offset in stride(from: 0, to: bytes.count - size, by: PurgatoryRecord.alignment)
        where bytes[offset] == PurgatoryRecord.magic[0] && bytes[offset..<offset + 16].elementsEqual(PurgatoryRecord.magic) {
            put(start.rawValue + UInt64(offset), at: offset + 24, in: &bytes)
            put(0, at: offset + 32, in: &bytes)
            put(
                bytes[offset..<offset + size].reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, at: offset + 32,
                in: &bytes)
        }
        return bytes
    }

    private static func put(_ value: UInt64, at offset: Int, in bytes: inout [UInt8]) {
        for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
    }

    private static func header(_ type: UInt32, _ address: UInt64) -> ProgramHeader {
        ProgramHeader(
            type: type, offset: FileOffset(address), physicalAddress: PhysicalAddress(address), fileSize: .page, memorySize: .page)
    }

    /// Boot parameters or a tree, an elfcorehdr, and of purgatory the record alone, each in a page of its own.
    private static func region(_ machine: Machine) throws -> [UInt8] {
        let images: [Machine: PurgatoryImage] = [.x86_64: .x86_64, .ppc64le: .ppc64le, .aarch64: .aarch64]
        let purgatory = images[machine] ?? .riscv64
        let core = try CoreHeader.bytes(
            machine: machine.elfMachine, programHeaders: [header(SegmentType.note, 0x1000), header(SegmentType.load, 0x10_0000)])
        func place(_ page: UInt64, _ pages: UInt32) -> PhysicalRange? {
            PhysicalRange(start: PhysicalAddress(start.rawValue + page << 12), size: .kibibytes(4 * pages))
        }
        let isPC = machine == .x86_64
        let parts: [(PurgatoryRecord.Role, PurgatoryRecord.Check, PhysicalRange?, Int)] = [
            (isPC ? .bootParameters : .fdt, isPC ? .digest : .flattenedDeviceTree, place(0, 1), 64),
            (.elfcorehdr, .elfcorehdr, place(1, 1), core.count),
            (.purgatory, .unchecked, place(2, 1), 2048),
        ]
        let segments = parts.compactMap { role, check, memory, size in
            memory.map { PurgatoryRecord.Segment(role: role, check: check, memory: $0, loadedSize: ByteCount(size), checksum: 0) }
        }
        var image = purgatory
        try image.setRecord(
            PurgatoryRecord(
                isHotplug: true, entry: start, isChecked: true, onMismatch: .halt, digest: InlineArray(repeating: 0), segments: segments),
            imageAt: start)
        let record = image.bytes[Int(image.recordOffset.rawValue)...].prefix(PurgatoryRecord.size)
        func page(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: 4096 - bytes.count) }
        var parameters = page(isPC ? [] : [0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0x10, 0])
        // cmd_line_ptr, into the same page.
        if isPC { put(start.rawValue + 0x800, at: 0x228, in: &parameters) }
        return parameters + page(core) + page(Array(record))
    }
}

import BinaryLayout
import CPlanFormat

/// The file's first bytes. What the fields mean is told where they are declared, in CPlanFormat.
enum PlanFileHeader {
    static let size = MemoryLayout<plan_header>.size
    static let magic = Array(PLAN_MAGIC.utf8)

    static let version = IntegerField("version", of: \plan_header.version)
    static let headSize = IntegerField("headSize", of: \plan_header.head_size)
    static let fileSize = IntegerField("fileSize", of: \plan_header.file_size)
    static let sha256 = byteRange(of: \plan_header.sha256)

    static let machine = IntegerField("machine", of: \plan_header.machine)
    static let purpose = IntegerField("purpose", of: \plan_header.purpose)
    static let options = IntegerField("options", of: \plan_header.options)
    static let entry = IntegerField("entry", of: \plan_header.entry)
    static let flags = IntegerField("flags", of: \plan_header.flags)
    static let olderFlags = IntegerField("olderFlags", of: \plan_header.older_flags)
    static let digest = byteRange(of: \plan_header.digest)
    static let coveredBytes = IntegerField("coveredBytes", of: \plan_header.covered_bytes)
    static let segmentCount = IntegerField("segmentCount", of: \plan_header.segment_count)
    static let regionCount = IntegerField("regionCount", of: \plan_header.region_count)
    static let factCount = IntegerField("factCount", of: \plan_header.fact_count)
    static let textSize = IntegerField("textSize", of: \plan_header.text_size)
    static let architecture = TextField("architecture", of: \plan_header.architecture)
    static let commandLine = TextField("commandLine", of: \plan_header.command_line)
}

enum SegmentEntry {
    static let size = MemoryLayout<plan_segment>.size
    static let role = TextField("role", of: \plan_segment.role)
    static let digestRule = IntegerField("digestRule", of: \plan_segment.digest_rule)
    static let reserved = IntegerField("reserved", of: \plan_segment.reserved)
    static let memoryStart = IntegerField("memoryStart", of: \plan_segment.memory_start)
    static let memorySize = IntegerField("memorySize", of: \plan_segment.memory_size)
    static let fileOffset = IntegerField("fileOffset", of: \plan_segment.file_offset)
    static let loadedSize = IntegerField("loadedSize", of: \plan_segment.loaded_size)
}

enum RegionEntry {
    static let size = MemoryLayout<plan_region>.size
    static let start = IntegerField("start", of: \plan_region.start)
    static let regionSize = IntegerField("size", of: \plan_region.size)
}

enum FactEntry {
    static let size = MemoryLayout<plan_fact>.size
    static let rule = IntegerField("rule", of: \plan_fact.rule)
    static let attributes = IntegerField("attributes", of: \plan_fact.attributes)
    static let reserved = IntegerField("reserved", of: \plan_fact.reserved)
    static let subject = TextField("subject", of: \plan_fact.subject)
    static let path = TextField("path", of: \plan_fact.path)
    static let numbers = TextField("numbers", of: \plan_fact.numbers)
    static let selector = TextField("selector", of: \plan_fact.selector)
    static let expected = TextField("expected", of: \plan_fact.expected)
}

/// A text: two integers of 32 bits, its offset in the texts and its size.
struct TextField {
    let offset: IntegerField<UInt32>
    let size: IntegerField<UInt32>

    init<Structure>(_ name: StaticString, of field: KeyPath<Structure, plan_text>) {
        let start = place(of: field)
        offset = IntegerField(name, at: start + place(of: \plan_text.offset))
        size = IntegerField(name, at: start + place(of: \plan_text.size))
    }
}

extension IntegerField {
    fileprivate init<Structure>(_ name: StaticString, of field: KeyPath<Structure, Value>) {
        self.init(name, at: place(of: field))
    }
}

private func byteRange<Structure, Value>(of field: KeyPath<Structure, Value>) -> Range<Int> {
    let start = place(of: field)
    return start..<start + MemoryLayout<Value>.size
}

/// Where a field of one of C's structures lies. Each that is asked for is stored; the place of another would be behind the structure,
/// where a read or a write fails.
private func place<Structure, Value>(of field: KeyPath<Structure, Value>) -> Int {
    MemoryLayout<Structure>.offset(of: field) ?? MemoryLayout<Structure>.size
}

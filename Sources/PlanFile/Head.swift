import BinaryLayout
import ByteStorage
import CPlanFormat
import SHA256

/// Header, tables and texts of a file that is whole and undamaged, with what is in the tables still to
/// be checked. The rules here, in HeaderReading.swift and in Reading.swift are those of Applier/plan_read.c
/// and plan_check.c, in the same order.
struct Head {
    let segmentCount: Int
    let regionCount: Int
    let factCount: Int
    let bytes: [UInt8]
    private let textSize: Int

    init(_ file: Bytes) throws(PlanFileError) {
        guard file.withSpan({ $0.matches(PlanFileHeader.magic) }) else { throw .notAPlanFile }
        guard file.count >= PlanFileHeader.size, let header = file.slice(0..<PlanFileHeader.size)?.array else {
            throw .tooShort(file.count)
        }
        try Self.checkIdentity(header, of: file)
        segmentCount = try Self.count(PlanFileHeader.segmentCount, upTo: PLAN_SEGMENT_LIMIT, else: PLAN_FAULT_SEGMENT_COUNT, in: header)
        regionCount = try Self.count(PlanFileHeader.regionCount, upTo: PLAN_SEGMENT_LIMIT, else: PLAN_FAULT_REGION_COUNT, in: header)
        factCount = try Self.count(PlanFileHeader.factCount, upTo: PLAN_FACT_LIMIT, else: PLAN_FAULT_FACT_COUNT, in: header)
        let tables = segmentCount * SegmentEntry.size + regionCount * RegionEntry.size + factCount * FactEntry.size
        textSize = Int(try Self.number(PlanFileHeader.textSize, in: header))
        let size = PlanFileHeader.size + tables + textSize
        guard size <= PLAN_HEAD_LIMIT, let bytes = file.slice(0..<size)?.array else { throw .malformed(PLAN_FAULT_TEXT_SIZE) }
        guard try Self.number(PlanFileHeader.headSize, in: header) == size else { throw .malformed(PLAN_FAULT_HEAD_SIZE) }
        self.bytes = bytes
    }

    private static func checkIdentity(_ header: [UInt8], of file: Bytes) throws(PlanFileError) {
        let version = try number(PlanFileHeader.version, in: header)
        guard version == PLAN_VERSION else { throw .version(version) }
        let fileSize = try number(PlanFileHeader.fileSize, in: header)
        guard fileSize == UInt64(file.count) else { throw .size(stated: fileSize, actual: file.count) }
        guard let stated = SHA256Digest(exactly: Array(header[PlanFileHeader.sha256])),
            let covered = file.slice(PlanFileHeader.sha256.upperBound..<file.count)
        else { throw .notAPlanFile }
        let computed = SHA256.digest(of: covered)
        guard computed == stated else { throw .damaged(stated: stated, computed: computed) }
    }

    private static func count(
        _ field: IntegerField<UInt32>, upTo limit: Int32, else fault: String, in header: [UInt8]
    ) throws(PlanFileError) -> Int {
        let value = try number(field, in: header)
        guard value >= 1, value <= limit else { throw .malformed(fault) }
        return Int(value)
    }

    private static func number<Value>(_ field: IntegerField<Value>, in bytes: [UInt8], base: Int = 0) throws(PlanFileError) -> Value {
        do { return try bytes.span.read(field, in: base) } catch { throw .malformed("\(error)") }
    }

    // MARK: - What is in it

    /// Where an entry of a table begins.
    func segment(_ index: Int) -> Int { PlanFileHeader.size + index * SegmentEntry.size }
    func region(_ index: Int) -> Int { segment(segmentCount) + index * RegionEntry.size }
    func fact(_ index: Int) -> Int { region(regionCount) + index * FactEntry.size }

    /// The number in a field of the header, or of the entry that begins at `base`.
    func number<Value>(_ field: IntegerField<Value>, in base: Int = 0) throws(PlanFileError) -> Value {
        try Self.number(field, in: bytes, base: base)
    }

    /// The text that a field names; nil where it lies outside the texts.
    func text(_ field: TextField, in base: Int = 0) throws(PlanFileError) -> ArraySlice<UInt8>? {
        let offset = Int(try number(field.offset, in: base))
        let size = Int(try number(field.size, in: base))
        let texts = bytes.suffix(textSize)
        guard offset + size <= texts.count else { return nil }
        return texts.dropFirst(offset).prefix(size)
    }
}

extension Bytes {
    /// A copy.
    fileprivate var array: [UInt8] {
        withSpan { span in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(span.count)
            for i in 0..<span.count { bytes.append(span[i]) }
            return bytes
        }
    }
}

extension ArraySlice<UInt8> {
    /// 1 to 32 letters, digits and underscores.
    var isName: Bool {
        1...Int(PLAN_NAME_LIMIT) ~= count
            && allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

import BinaryLayout
import PhysicalMemory

/// The header of a flattened tree (Devicetree Specification, section 5.2): struct fdt_header, all
/// fields big-endian. Version 17 has 40 bytes; version 16, which Open Firmware's clients write, lacks
/// the last field.
struct FlattenedHeader {
    static let magic: UInt32 = 0xd00d_feed
    static let size = 40
    static let size16 = 36
    static let version: UInt32 = 17
    static let lastCompatibleVersion: UInt32 = 16
    /// Of an entry of the memory reservation block; the block is aligned to half of it.
    static let reservationSize = 16
    static let reservationAlignment = 8

    enum Field {
        static let magic = IntegerField<UInt32>("magic", at: 0)
        static let totalsize = IntegerField<UInt32>("totalsize", at: 4)
        static let structureOffset = IntegerField<UInt32>("off_dt_struct", at: 8)
        static let stringsOffset = IntegerField<UInt32>("off_dt_strings", at: 12)
        static let reservationsOffset = IntegerField<UInt32>("off_mem_rsvmap", at: 16)
        static let version = IntegerField<UInt32>("version", at: 20)
        static let lastCompatibleVersion = IntegerField<UInt32>("last_comp_version", at: 24)
        static let bootCPU = IntegerField<UInt32>("boot_cpuid_phys", at: 28)
        static let stringsSize = IntegerField<UInt32>("size_dt_strings", at: 32)
        static let structureSize = IntegerField<UInt32>("size_dt_struct", at: 36)
    }

    let bootCPU: UInt32
    /// Where the entries of the memory reservation block must have ended: at the next block, or at
    /// the end of the blob.
    let reservations: Range<Int>
    /// In version 16, whose header has no size_dt_struct, to the end of the blob.
    let structure: Range<Int>
    let isStructureSizeKnown: Bool
    let strings: Range<Int>

    /// Reads the header at the start of `bytes` and checks every number in it against their count.
    init(_ bytes: borrowing Span<UInt8>) throws(DeviceTreeError) {
        let magic = try Self.read(Field.magic, bytes)
        guard magic == Self.magic else { throw .noMagic(magic) }
        let version = try Self.read(Field.version, bytes)
        guard version >= Self.lastCompatibleVersion else {
            throw Self.error(Field.version, version, "must be 16 or newer")
        }
        let compatible = try Self.read(Field.lastCompatibleVersion, bytes)
        guard compatible <= Self.version, compatible <= version else {
            throw Self.error(Field.lastCompatibleVersion, compatible, "must be \(min(version, Self.version)) or older")
        }
        let size = version >= Self.version ? Self.size : Self.size16
        guard bytes.count >= size else {
            throw .truncated(TruncatedBytes(what: "the header", offset: 0, needed: size, available: bytes.count))
        }

        let totalsize = try Self.read(Field.totalsize, bytes)
        guard totalsize >= size, totalsize <= DeviceTree.maximumSize else {
            throw Self.error(Field.totalsize, totalsize, "must be \(size) to \(DeviceTree.maximumSize)")
        }
        let end = Int(totalsize)
        guard end <= bytes.count else {
            throw .truncated(TruncatedBytes(what: "totalsize", offset: 0, needed: end, available: bytes.count))
        }
        for offset in end..<bytes.count where bytes[offset] != 0 { throw .trailingBytes(at: offset) }

        let blocks = size..<end
        let structureStart = try Self.start(Field.structureOffset, bytes, within: blocks, alignment: Token.size)
        isStructureSizeKnown = version >= Self.version
        structure =
            isStructureSizeKnown
            ? try Self.block(Field.structureSize, bytes, from: structureStart, within: blocks) : structureStart..<end
        let stringsStart = try Self.start(Field.stringsOffset, bytes, within: blocks, alignment: 1)
        strings = try Self.block(Field.stringsSize, bytes, from: stringsStart, within: blocks)
        let reservationsStart = try Self.start(
            Field.reservationsOffset, bytes, within: blocks, alignment: Self.reservationAlignment)
        let next = [structureStart, stringsStart].filter { $0 >= reservationsStart }.min() ?? end
        reservations = reservationsStart..<next
        bootCPU = try Self.read(Field.bootCPU, bytes)
    }

    private static func read(
        _ field: IntegerField<UInt32>, _ bytes: borrowing Span<UInt8>
    ) throws(DeviceTreeError) -> UInt32 {
        do { return try bytes.read(field, order: .bigEndian) } catch { throw .truncated(error) }
    }

    private static func error(_ field: IntegerField<UInt32>, _ value: UInt32, _ allowed: String) -> DeviceTreeError {
        .field("\(field.name)", at: field.offset, value, allowed: allowed)
    }

    /// Where a block begins.
    private static func start(
        _ field: IntegerField<UInt32>, _ bytes: borrowing Span<UInt8>, within blocks: Range<Int>, alignment: Int
    ) throws(DeviceTreeError) -> Int {
        let offset = try read(field, bytes)
        guard offset >= blocks.lowerBound, offset <= blocks.upperBound else {
            throw error(
                field, offset,
                "must lie behind the header and within totalsize, \(UInt64(blocks.lowerBound).hex) to \(UInt64(blocks.upperBound).hex)")
        }
        guard Int(offset) % alignment == 0 else { throw error(field, offset, "must be a multiple of \(alignment)") }
        return Int(offset)
    }

    /// The block that begins at `start` and has the size that stands in `field`.
    private static func block(
        _ field: IntegerField<UInt32>, _ bytes: borrowing Span<UInt8>, from start: Int, within blocks: Range<Int>
    ) throws(DeviceTreeError) -> Range<Int> {
        let size = try read(field, bytes)
        guard size <= blocks.upperBound - start else {
            throw error(field, size, "must be at most \(UInt64(blocks.upperBound - start).hex), the bytes up to totalsize")
        }
        return start..<start + Int(size)
    }
}

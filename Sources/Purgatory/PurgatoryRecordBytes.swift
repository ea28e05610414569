import BinaryLayout
import ELF
import PhysicalMemory

/// The layout of struct purgatory_record, version 1. All integers are little-endian, as every machine is that has a purgatory.
enum RecordLayout {
    static let version = IntegerField<UInt32>("version", at: 16)
    static let size = IntegerField<UInt32>("size", at: 20)
    static let address = IntegerField<UInt64>("address", at: 24)
    static let checksum = IntegerField<UInt64>("checksum", at: 32)
    static let machine = IntegerField<UInt32>("machine", at: 40)
    static let flags = IntegerField<UInt32>("flags", at: 44)
    static let entry = IntegerField<UInt64>("entry", at: 48)
    static let checkEnabled = IntegerField<UInt32>("check_enabled", at: 56)
    static let onMismatch = IntegerField<UInt32>("on_mismatch", at: 60)
    static let digest = 64
    static let digestSize = 32
    static let segments = 96

    // struct purgatory_segment
    static let segmentSize = 40
    static let start = IntegerField<UInt64>("start", at: 0)
    static let memorySize = IntegerField<UInt64>("memory_size", at: 8)
    static let loadedSize = IntegerField<UInt64>("loaded_size", at: 16)
    static let segmentChecksum = IntegerField<UInt64>("checksum", at: 24)
    static let role = IntegerField<UInt32>("role", at: 32)
    static let check = IntegerField<UInt32>("check", at: 36)

    static let hotplugFlag: UInt32 = 1

    /// FNV-1a of 64 bits (draft-eastlake-fnv) over the record, as if its field `checksum` were zero.
    static func checksum(of record: Span<UInt8>) -> UInt64 {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in record.indices {
            let isField = index >= checksum.offset && index < checksum.offset + checksum.width
            value = (value ^ UInt64(isField ? 0 : record[index])) &* 0x100_0000_01b3
        }
        return value
    }
}

extension PurgatoryRecord {
    /// As many as the kernel takes segments (KEXEC_SEGMENT_MAX).
    public static let maximumSegments = 16
    /// Of the layout that is written here.
    public static let version: UInt32 = 1
    /// In bytes.
    public static let size = RecordLayout.segments + maximumSegments * RecordLayout.segmentSize
    /// It lies at multiples of this.
    public static let alignment = 16
    /// "swkexec-image\r\n" and a character that ends a text: what a record begins with.
    public static let magic = Array("swkexec-image\r\n\u{1a}".utf8)

    /// The record as it lies in memory.
    /// - Parameter address: where that is
    func bytes(at address: PhysicalAddress, of machine: Machine) -> [UInt8] {
        var bytes = Self.magic
        bytes.append(Self.version)
        bytes.append(UInt32(Self.size))
        bytes.append(address.rawValue)
        bytes.append(0 as UInt64)
        bytes.append(UInt32(machine.elfMachine))
        bytes.append(isHotplug ? RecordLayout.hotplugFlag : 0)
        bytes.append(entry.rawValue)
        bytes.append(isChecked ? 1 : 0 as UInt32)
        bytes.append(onMismatch.rawValue)
        bytes += digestBytes
        for segment in segments {
            bytes.append(segment.memory.start.rawValue)
            bytes.append(segment.memory.size.rawValue)
            bytes.append(segment.loadedSize.rawValue)
            bytes.append(segment.checksum)
            bytes.append(segment.role.rawValue)
            bytes.append(segment.check.rawValue)
        }
        bytes += [UInt8](repeating: 0, count: max(0, Self.size - bytes.count))
        var checksum: [UInt8] = []
        checksum.append(RecordLayout.checksum(of: bytes.span))
        bytes.replaceSubrange(RecordLayout.checksum.offset..<RecordLayout.checksum.offset + checksum.count, with: checksum)
        return bytes
    }
}

import BinaryLayout
import ELF

/// The notes of the PT_NOTEs (ELF specification, Elf64_Nhdr): three words (n_namesz, n_descsz,
/// n_type), a name and a descriptor, both padded to 4 bytes.
struct Notes {
    /// The notes looked at in a file: 8192 CPUs (NR_CPUS_RANGE_END of x86) times 16 register sets.
    static let maximumCount = 1 << 17
    /// A page is what the kernel reserves (VMCOREINFO_BYTES, include/linux/vmcore_info.h), and the
    /// largest page of any architecture is 256 KiB.
    static let maximumVMCOREINFO: UInt64 = 256 << 10
    private static let vmcoreinfo = Array("VMCOREINFO".utf8) + [0]

    private static let headerSize = 12
    private enum Field {
        static let namesz = IntegerField<UInt32>("n_namesz", at: 0)
        static let descsz = IntegerField<UInt32>("n_descsz", at: 4)
    }

    private let file: CoreFile
    private let order: ByteOrder
    private var count = 0

    init(of file: CoreFile, order: ByteOrder) {
        self.file = file
        self.order = order
    }

    /// The descriptor of the note named VMCOREINFO in a PT_NOTE; nil where there is none. Only
    /// headers and names are read of the others: the notes of a large machine take megabytes.
    mutating func vmcoreinfo(in segment: ProgramHeader) throws(VmcoreError) -> [UInt8]? {
        let start = segment.offset.rawValue
        let (end, overflow) = start.addingReportingOverflow(segment.fileSize.rawValue)
        guard !overflow else {
            throw .value(what: "p_filesz of a PT_NOTE", segment.fileSize.rawValue, allowed: "with p_offset it must fit 64 bits")
        }
        var position = start
        while end - position >= UInt64(Self.headerSize) {
            guard count < Self.maximumCount else {
                throw .tooLarge(what: "a number of notes", UInt64(count) + 1, limit: UInt64(Self.maximumCount))
            }
            count += 1
            let header = try file.bytes(at: position, count: Self.headerSize, what: "a note's header")
            let nameSize: UInt64
            let size: UInt64
            do throws(TruncatedBytes) {
                nameSize = UInt64(try header.span.read(Field.namesz, order: order))
                size = UInt64(try header.span.read(Field.descsz, order: order))
            } catch {
                throw .elf(.truncated(error))
            }
            // The padding after the last note, or the room for those of a CPU that is off.
            guard nameSize > 0 else { return nil }
            let room = end - position - UInt64(Self.headerSize)
            let contents = Self.padded(nameSize)
            guard contents <= room, size <= room - contents else {
                throw .value(
                    what: "n_descsz of the note at byte 0x" + String(position, radix: 16), size, allowed: "it must end within its PT_NOTE")
            }
            let name = position + UInt64(Self.headerSize)
            if nameSize == UInt64(Self.vmcoreinfo.count),
                try file.bytes(at: name, count: Self.vmcoreinfo.count, what: "a note's name") == Self.vmcoreinfo
            {
                guard size <= Self.maximumVMCOREINFO else { throw .tooLarge(what: "VMCOREINFO", size, limit: Self.maximumVMCOREINFO) }
                return try file.bytes(at: name + contents, count: Int(size), what: "VMCOREINFO")
            }
            // The last note's padding may be missing.
            position = name + contents + min(Self.padded(size), room - contents)
        }
        return nil
    }

    /// The next multiple of 4; of a number of 32 bits, so that it cannot overflow.
    private static func padded(_ size: UInt64) -> UInt64 { (size + 3) & ~3 }
}

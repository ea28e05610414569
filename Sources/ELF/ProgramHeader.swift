import BinaryLayout
import PhysicalMemory

/// p_type of the ELF specification.
public enum SegmentType {
    /// PT_LOAD
    public static let load: UInt32 = 1
    /// PT_NOTE
    public static let note: UInt32 = 4
}

/// A position in a file, in bytes from its start.
public struct FileOffset: Hashable, Comparable, Sendable {
    /// In bytes.
    public let rawValue: UInt64
    /// An offset as a file's headers have it; it need not lie within the file.
    @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }
    @inlinable public static func < (a: FileOffset, b: FileOffset) -> Bool { a.rawValue < b.rawValue }
}

/// A program header of an ELF file (ELF specification): Elf64_Phdr, 56 bytes, or Elf32_Phdr, 32
/// bytes. Written are those of 64-bit files.
public struct ProgramHeader: Hashable, Sendable {
    /// Bytes of one in a 64-bit file.
    public static let size = 56

    static func size(_ elfClass: ELFClass) -> Int { elfClass == .elf64 ? size : 32 }

    /// PF_R | PF_W | PF_X
    public static let readWriteExecute: UInt32 = 7

    /// p_type, a `SegmentType`
    public var type: UInt32
    /// p_flags: PF_X 1, PF_W 2, PF_R 4
    public var flags: UInt32
    /// p_offset
    public var offset: FileOffset
    /// p_vaddr
    public var virtualAddress: UInt64
    /// p_paddr
    public var physicalAddress: PhysicalAddress
    /// p_filesz
    public var fileSize: ByteCount
    /// p_memsz
    public var memorySize: ByteCount
    /// p_align
    public var alignment: UInt64

    /// A header that is to be written.
    public init(
        type: UInt32, flags: UInt32 = 0, offset: FileOffset, virtualAddress: UInt64 = 0,
        physicalAddress: PhysicalAddress, fileSize: ByteCount, memorySize: ByteCount, alignment: UInt64 = 0
    ) {
        self.type = type
        self.flags = flags
        self.offset = offset
        self.virtualAddress = virtualAddress
        self.physicalAddress = physicalAddress
        self.fileSize = fileSize
        self.memorySize = memorySize
        self.alignment = alignment
    }

    enum Field {
        static let type = IntegerField<UInt32>("p_type", at: 0)
        static let flags = IntegerField<UInt32>("p_flags", at: 4)
        static let offset = IntegerField<UInt64>("p_offset", at: 8)
        static let vaddr = IntegerField<UInt64>("p_vaddr", at: 16)
        static let paddr = IntegerField<UInt64>("p_paddr", at: 24)
        static let filesz = IntegerField<UInt64>("p_filesz", at: 32)
        static let memsz = IntegerField<UInt64>("p_memsz", at: 40)
        static let align = IntegerField<UInt64>("p_align", at: 48)
    }

    enum Field32 {
        static let type = IntegerField<UInt32>("p_type", at: 0)
        static let offset = IntegerField<UInt32>("p_offset", at: 4)
        static let vaddr = IntegerField<UInt32>("p_vaddr", at: 8)
        static let paddr = IntegerField<UInt32>("p_paddr", at: 12)
        static let filesz = IntegerField<UInt32>("p_filesz", at: 16)
        static let memsz = IntegerField<UInt32>("p_memsz", at: 20)
        static let flags = IntegerField<UInt32>("p_flags", at: 24)
        static let align = IntegerField<UInt32>("p_align", at: 28)
    }

    /// Reads the header of a 32-bit file at `base`.
    private init(elf32 bytes: borrowing Span<UInt8>, at base: Int, order: ByteOrder) throws(TruncatedBytes) {
        type = try bytes.read(Field32.type, in: base, order: order)
        flags = try bytes.read(Field32.flags, in: base, order: order)
        offset = FileOffset(UInt64(try bytes.read(Field32.offset, in: base, order: order)))
        virtualAddress = UInt64(try bytes.read(Field32.vaddr, in: base, order: order))
        physicalAddress = PhysicalAddress(UInt64(try bytes.read(Field32.paddr, in: base, order: order)))
        fileSize = ByteCount(UInt64(try bytes.read(Field32.filesz, in: base, order: order)))
        memorySize = ByteCount(UInt64(try bytes.read(Field32.memsz, in: base, order: order)))
        alignment = UInt64(try bytes.read(Field32.align, in: base, order: order))
    }

    /// Reads the header of a 64-bit file at `base`.
    init(_ bytes: borrowing Span<UInt8>, at base: Int, order: ByteOrder) throws(TruncatedBytes) {
        type = try bytes.read(Field.type, in: base, order: order)
        flags = try bytes.read(Field.flags, in: base, order: order)
        offset = FileOffset(try bytes.read(Field.offset, in: base, order: order))
        virtualAddress = try bytes.read(Field.vaddr, in: base, order: order)
        physicalAddress = PhysicalAddress(try bytes.read(Field.paddr, in: base, order: order))
        fileSize = ByteCount(try bytes.read(Field.filesz, in: base, order: order))
        memorySize = ByteCount(try bytes.read(Field.memsz, in: base, order: order))
        alignment = try bytes.read(Field.align, in: base, order: order)
    }

    /// Appends the header in the order of its fields.
    func append(to bytes: inout [UInt8], order: ByteOrder) {
        bytes.append(type, order: order)
        bytes.append(flags, order: order)
        bytes.append(offset.rawValue, order: order)
        bytes.append(virtualAddress, order: order)
        bytes.append(physicalAddress.rawValue, order: order)
        bytes.append(fileSize.rawValue, order: order)
        bytes.append(memorySize.rawValue, order: order)
        bytes.append(alignment, order: order)
    }

    /// All program headers of the file that begins with `header`.
    ///
    /// A count of 0xffff (PN_XNUM) means that the real count stands in section 0; no file that a
    /// loader reads has that many, so it is refused.
    public static func table(of header: ELFHeader, in bytes: borrowing Span<UInt8>) throws(ELFError) -> [ProgramHeader] {
        guard header.programHeaderCount != 0xffff else {
            throw .field(
                "e_phnum", 0xffff,
                allowed: "must be below 0xffff, PN_XNUM is not supported (at byte \(header.elfClass == .elf64 ? "0x38" : "0x2c"))")
        }
        let count = Int(header.programHeaderCount)
        let size = size(header.elfClass)
        guard let start = Int(exactly: header.programHeadersOffset), start <= bytes.count,
            (bytes.count - start) / size >= count
        else {
            throw .truncated(
                TruncatedBytes(
                    what: "the table of \(count) program headers", offset: Int(clamping: header.programHeadersOffset),
                    needed: count * size, available: bytes.count))
        }
        var table: [ProgramHeader] = []
        table.reserveCapacity(count)
        do throws(TruncatedBytes) {
            for i in 0..<count {
                let base = start + i * size
                table.append(
                    header.elfClass == .elf64
                        ? try ProgramHeader(bytes, at: base, order: header.byteOrder)
                        : try ProgramHeader(elf32: bytes, at: base, order: header.byteOrder))
            }
        } catch {
            throw .truncated(error)
        }
        return table
    }
}

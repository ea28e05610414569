import BinaryLayout

/// e_type of the ELF specification.
public enum ELFType {
    /// ET_EXEC
    public static let executable: UInt16 = 2
    /// ET_DYN
    public static let sharedObject: UInt16 = 3
    /// ET_CORE
    public static let core: UInt16 = 4
}

/// e_machine of the ELF specification. Shifted left by 16 it is also the architecture in the
/// flags of kexec_load(2).
public enum ELFMachine {
    /// EM_386
    public static let i386: UInt16 = 3
    /// EM_PPC64, of either byte order
    public static let ppc64: UInt16 = 21
    /// EM_X86_64
    public static let x86_64: UInt16 = 62
    /// EM_AARCH64
    public static let aarch64: UInt16 = 183
    /// EM_RISCV, of either width
    public static let riscv: UInt16 = 243
}

/// EI_CLASS: how wide the addresses of a file are.
public enum ELFClass: UInt8, Hashable, Sendable {
    /// ELFCLASS32
    case elf32 = 1
    /// ELFCLASS64
    case elf64 = 2
}

/// The header of an ELF file (ELF specification): Elf64_Ehdr, 64 bytes, or Elf32_Ehdr, 52 bytes.
public struct ELFHeader: Hashable, Sendable {
    /// Bytes of that of a 64-bit file.
    public static let size = 64
    /// Bytes of that of a 32-bit file.
    static let size32 = 52
    /// e_ident begins with it: 0x7f "ELF".
    public static let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]

    /// EI_CLASS
    public var elfClass: ELFClass
    /// EI_DATA
    public var byteOrder: ByteOrder
    /// e_type, an `ELFType`
    public var type: UInt16
    /// e_machine, an `ELFMachine`
    public var machine: UInt16
    /// e_entry: the virtual address of the entry point
    public var entry: UInt64
    /// e_phoff, in bytes from the start of the file
    public var programHeadersOffset: UInt64
    /// e_shoff, in bytes from the start of the file
    public var sectionHeadersOffset: UInt64
    /// e_flags
    public var flags: UInt32
    /// e_phnum
    public var programHeaderCount: UInt16
    /// e_shnum
    public var sectionHeaderCount: UInt16

    enum Field {
        static let type = IntegerField<UInt16>("e_type", at: 0x10)
        static let machine = IntegerField<UInt16>("e_machine", at: 0x12)
        static let entry = IntegerField<UInt64>("e_entry", at: 0x18)
        static let phoff = IntegerField<UInt64>("e_phoff", at: 0x20)
        static let shoff = IntegerField<UInt64>("e_shoff", at: 0x28)
        static let flags = IntegerField<UInt32>("e_flags", at: 0x30)
        static let phentsize = IntegerField<UInt16>("e_phentsize", at: 0x36)
        static let phnum = IntegerField<UInt16>("e_phnum", at: 0x38)
        static let shentsize = IntegerField<UInt16>("e_shentsize", at: 0x3a)
        static let shnum = IntegerField<UInt16>("e_shnum", at: 0x3c)
    }

    /// The fields of a 32-bit file that lie elsewhere or are narrower.
    enum Field32 {
        static let entry = IntegerField<UInt32>("e_entry", at: 0x18)
        static let phoff = IntegerField<UInt32>("e_phoff", at: 0x1c)
        static let shoff = IntegerField<UInt32>("e_shoff", at: 0x20)
        static let flags = IntegerField<UInt32>("e_flags", at: 0x24)
        static let phentsize = IntegerField<UInt16>("e_phentsize", at: 0x2a)
        static let phnum = IntegerField<UInt16>("e_phnum", at: 0x2c)
        static let shentsize = IntegerField<UInt16>("e_shentsize", at: 0x2e)
        static let shnum = IntegerField<UInt16>("e_shnum", at: 0x30)
    }

    /// Reads the header of a 64-bit file at the start of `bytes`.
    public init(_ bytes: borrowing Span<UInt8>) throws(ELFError) {
        try self.init(bytes, allowing32Bit: false)
    }

    /// Reads the header at the start of `bytes`.
    /// - Parameter allowing32Bit: a 32-bit file is taken, too
    public init(_ bytes: borrowing Span<UInt8>, allowing32Bit: Bool) throws(ELFError) {
        guard bytes.matches(Self.magic) else { throw .noMagic }
        let isShort = allowing32Bit && bytes.matches([ELFClass.elf32.rawValue], at: 4)
        let needed = isShort ? Self.size32 : Self.size
        guard bytes.count >= needed else {
            throw .truncated(TruncatedBytes(what: "the ELF header", offset: 0, needed: needed, available: bytes.count))
        }
        guard let elfClass = ELFClass(rawValue: bytes[4]), elfClass == .elf64 || allowing32Bit else { throw .unsupportedClass(bytes[4]) }
        self.elfClass = elfClass
        switch bytes[5] {
        case 1: byteOrder = .littleEndian
        case 2: byteOrder = .bigEndian
        default: throw .unsupportedByteOrder(bytes[5])
        }
        let order = byteOrder
        let phentsize: UInt16
        let shentsize: UInt16
        do throws(TruncatedBytes) {
            type = try bytes.read(Field.type, order: order)
            machine = try bytes.read(Field.machine, order: order)
            switch elfClass {
            case .elf64:
                entry = try bytes.read(Field.entry, order: order)
                programHeadersOffset = try bytes.read(Field.phoff, order: order)
                sectionHeadersOffset = try bytes.read(Field.shoff, order: order)
                flags = try bytes.read(Field.flags, order: order)
                programHeaderCount = try bytes.read(Field.phnum, order: order)
                sectionHeaderCount = try bytes.read(Field.shnum, order: order)
                phentsize = try bytes.read(Field.phentsize, order: order)
                shentsize = try bytes.read(Field.shentsize, order: order)
            case .elf32:
                entry = UInt64(try bytes.read(Field32.entry, order: order))
                programHeadersOffset = UInt64(try bytes.read(Field32.phoff, order: order))
                sectionHeadersOffset = UInt64(try bytes.read(Field32.shoff, order: order))
                flags = try bytes.read(Field32.flags, order: order)
                programHeaderCount = try bytes.read(Field32.phnum, order: order)
                sectionHeaderCount = try bytes.read(Field32.shnum, order: order)
                phentsize = try bytes.read(Field32.phentsize, order: order)
                shentsize = try bytes.read(Field32.shentsize, order: order)
            }
        } catch {
            throw .truncated(error)
        }
        let phsize = ProgramHeader.size(elfClass)
        guard programHeaderCount == 0 || Int(phentsize) == phsize else {
            throw .field("e_phentsize", UInt64(phentsize), allowed: "must be \(phsize) (at byte \(elfClass == .elf64 ? "0x36" : "0x2a"))")
        }
        // Sections are read of 64-bit files alone.
        guard elfClass == .elf32 || sectionHeaderCount == 0 || Int(shentsize) == SectionHeader.size else {
            throw .field("e_shentsize", UInt64(shentsize), allowed: "must be \(SectionHeader.size) (at byte 0x3a)")
        }
    }
}

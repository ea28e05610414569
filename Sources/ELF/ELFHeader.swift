import BinaryLayout

/// e_type of the ELF specification.
public enum ELFType {
    public static let executable: UInt16 = 2
    public static let sharedObject: UInt16 = 3
    public static let core: UInt16 = 4
}

/// e_machine of the ELF specification. Shifted left by 16 it is also the architecture in the
/// flags of kexec_load(2).
public enum ELFMachine {
    public static let ppc64: UInt16 = 21
    public static let x86_64: UInt16 = 62
    public static let aarch64: UInt16 = 183
}

/// The header of a 64-bit ELF file (ELF specification, Elf64_Ehdr), 64 bytes.
public struct ELFHeader: Hashable, Sendable {
    public static let size = 64
    public static let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]

    public var byteOrder: ByteOrder
    public var type: UInt16
    public var machine: UInt16
    public var entry: UInt64
    public var programHeadersOffset: UInt64
    public var sectionHeadersOffset: UInt64
    public var flags: UInt32
    public var programHeaderCount: UInt16
    public var sectionHeaderCount: UInt16

    enum Field {
        static let type = IntegerField<UInt16>("e_type", at: 0x10)
        static let machine = IntegerField<UInt16>("e_machine", at: 0x12)
        static let version = IntegerField<UInt32>("e_version", at: 0x14)
        static let entry = IntegerField<UInt64>("e_entry", at: 0x18)
        static let phoff = IntegerField<UInt64>("e_phoff", at: 0x20)
        static let shoff = IntegerField<UInt64>("e_shoff", at: 0x28)
        static let flags = IntegerField<UInt32>("e_flags", at: 0x30)
        static let ehsize = IntegerField<UInt16>("e_ehsize", at: 0x34)
        static let phentsize = IntegerField<UInt16>("e_phentsize", at: 0x36)
        static let phnum = IntegerField<UInt16>("e_phnum", at: 0x38)
        static let shentsize = IntegerField<UInt16>("e_shentsize", at: 0x3a)
        static let shnum = IntegerField<UInt16>("e_shnum", at: 0x3c)
    }

    /// Reads the header at the start of `bytes`.
    public init(_ bytes: borrowing Span<UInt8>) throws(ELFError) {
        guard bytes.matches(Self.magic) else { throw .noMagic }
        guard bytes.count >= Self.size else {
            throw .truncated(TruncatedBytes(what: "the ELF header", offset: 0, needed: Self.size, available: bytes.count))
        }
        guard bytes[4] == 2 else { throw .unsupportedClass(bytes[4]) }
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
            entry = try bytes.read(Field.entry, order: order)
            programHeadersOffset = try bytes.read(Field.phoff, order: order)
            sectionHeadersOffset = try bytes.read(Field.shoff, order: order)
            flags = try bytes.read(Field.flags, order: order)
            programHeaderCount = try bytes.read(Field.phnum, order: order)
            sectionHeaderCount = try bytes.read(Field.shnum, order: order)
            phentsize = try bytes.read(Field.phentsize, order: order)
            shentsize = try bytes.read(Field.shentsize, order: order)
        } catch {
            throw .truncated(error)
        }
        guard programHeaderCount == 0 || Int(phentsize) == ProgramHeader.size else {
            throw .field("e_phentsize", UInt64(phentsize), allowed: "must be \(ProgramHeader.size) (at byte 0x36)")
        }
        guard sectionHeaderCount == 0 || Int(shentsize) == SectionHeader.size else {
            throw .field("e_shentsize", UInt64(shentsize), allowed: "must be \(SectionHeader.size) (at byte 0x3a)")
        }
    }
}

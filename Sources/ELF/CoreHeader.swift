import BinaryLayout

/// Writes the head of an ELF core file: the ELF header and its program headers, back to back.
public enum CoreHeader {
    /// The most program headers that e_phnum can count; 0xffff itself is PN_XNUM.
    public static let maximumProgramHeaders = 0xfffe

    /// Bytes of the head of a core file with that many program headers.
    public static func size(programHeaders count: Int) -> Int { ELFHeader.size + count * ProgramHeader.size }

    /// The head of an ET_CORE file of 64 bits. Throws `.tooManyProgramHeaders`.
    /// - Parameters:
    ///   - machine: e_machine
    ///   - flags: e_flags, which ppc64 uses for its ABI
    public static func bytes(
        machine: UInt16, flags: UInt32 = 0, order: ByteOrder = .littleEndian, programHeaders: [ProgramHeader]
    ) throws(ELFError) -> [UInt8] {
        guard programHeaders.count <= maximumProgramHeaders else { throw .tooManyProgramHeaders(programHeaders.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size(programHeaders: programHeaders.count))
        // e_ident: magic, ELFCLASS64, the byte order, EV_CURRENT, ELFOSABI_NONE, padding.
        bytes += ELFHeader.magic + [2, order == .littleEndian ? 1 : 2, 1, 0] + [UInt8](repeating: 0, count: 8)
        bytes.append(ELFType.core, order: order)
        bytes.append(machine, order: order)
        bytes.append(1 as UInt32, order: order)  // e_version
        bytes.append(0 as UInt64, order: order)  // e_entry
        bytes.append(UInt64(ELFHeader.size), order: order)  // e_phoff
        bytes.append(0 as UInt64, order: order)  // e_shoff
        bytes.append(flags, order: order)
        bytes.append(UInt16(ELFHeader.size), order: order)
        bytes.append(UInt16(ProgramHeader.size), order: order)
        bytes.append(UInt16(programHeaders.count), order: order)
        bytes.append(0 as UInt16, order: order)  // e_shentsize
        bytes.append(0 as UInt16, order: order)  // e_shnum
        bytes.append(0 as UInt16, order: order)  // e_shstrndx
        for header in programHeaders { header.append(to: &bytes, order: order) }
        return bytes
    }
}

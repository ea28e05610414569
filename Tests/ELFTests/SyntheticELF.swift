import BinaryLayout
import TestSupport

/// An ELF file made of what a test names, at the offsets of <elf.h>: header, program headers,
/// symbol table, string table, section headers, in this order and without a gap.
struct SyntheticELF {
    struct Symbol {
        var name: String
        var value: UInt64
        var size: UInt64
        var section: UInt64 = 1
    }

    var order = ByteOrder.littleEndian
    /// type, offset, paddr
    var programHeaders: [(UInt64, UInt64, UInt64)] = [(1, 0x1000, 0x2000), (4, 0x3000, 0x4000), (1, 0x5000, 0x6000)]
    var symbols = [
        Symbol(name: "purgatory_digest", value: 0x40, size: 32), Symbol(name: "undefined", value: 0, size: 0, section: 0),
        Symbol(name: "entry", value: 0xffff_ffff_8100_0000, size: 8),
    ]

    var phoff: Int { 64 }
    var symtab: Int { phoff + programHeaders.count * 56 }
    var strtab: Int { symtab + (symbols.count + 1) * 24 }
    var strings: [UInt8] { symbols.reduce([0]) { $0 + Array($1.name.utf8) + [0] } }
    var shoff: Int { strtab + strings.count }
    /// The sections: none, the symbols, their strings.
    static let symbolSection = 1
    static let stringSection = 2
    static let sectionCount = 3
    var size: Int { shoff + Self.sectionCount * 64 }

    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        bytes.replaceSubrange(0..<7, with: [0x7f, 0x45, 0x4c, 0x46, 2, order == .littleEndian ? 1 : 2, 1])
        put(
            &bytes, "Elf64_Ehdr", in: 0,
            [
                "e_type": 4, "e_machine": 62, "e_version": 1, "e_entry": 0x1234_5678_9abc_def0, "e_phoff": UInt64(phoff),
                "e_shoff": UInt64(shoff), "e_flags": 0x8000_0002, "e_ehsize": 64, "e_phentsize": 56,
                "e_phnum": UInt64(programHeaders.count), "e_shentsize": 64, "e_shnum": UInt64(Self.sectionCount),
            ])
        for (index, (type, offset, paddr)) in programHeaders.enumerated() {
            put(
                &bytes, "Elf64_Phdr", in: phoff + index * 56,
                [
                    "p_type": type, "p_flags": 5, "p_offset": offset, "p_vaddr": 0xffff_8880_0000_0000 + paddr,
                    "p_paddr": paddr, "p_filesz": 0x800, "p_memsz": 0x900, "p_align": 0x1000,
                ])
        }
        var name = 1
        for (index, symbol) in symbols.enumerated() {
            put(
                &bytes, "Elf64_Sym", in: symtab + (index + 1) * 24,
                [
                    "st_name": UInt64(name), "st_shndx": symbol.section, "st_value": symbol.value, "st_size": symbol.size,
                ])
            name += symbol.name.utf8.count + 1
        }
        bytes.replaceSubrange(strtab..<strtab + strings.count, with: strings)
        put(
            &bytes, "Elf64_Shdr", in: shoff + Self.symbolSection * 64,
            [
                "sh_type": CHeaders.constant("SHT_SYMTAB") ?? 0, "sh_offset": UInt64(symtab),
                "sh_size": UInt64(strtab - symtab), "sh_link": UInt64(Self.stringSection), "sh_entsize": 24,
            ])
        put(
            &bytes, "Elf64_Shdr", in: shoff + Self.stringSection * 64,
            [
                "sh_type": CHeaders.constant("SHT_STRTAB") ?? 0, "sh_offset": UInt64(strtab), "sh_size": UInt64(strings.count),
            ])
        return bytes
    }

    /// Writes fields of a C structure that begins at `base`.
    func put(_ bytes: inout [UInt8], _ structure: String, in base: Int, _ values: [String: UInt64]) {
        for (name, value) in values {
            guard let field = CHeaders.field(structure, name) else { continue }
            bytes.putLittleEndian(value, field, in: base)
            if order == .bigEndian {
                let place = base + field.offset..<base + field.end
                bytes.replaceSubrange(place, with: bytes[place].reversed())
            }
        }
    }

    /// The file with one field of the header or of a section header set to something else.
    func with(_ structure: String, _ name: String, _ value: UInt64, section: Int = 0) -> [UInt8] {
        var bytes = self.bytes
        put(&bytes, structure, in: structure == "Elf64_Shdr" ? shoff + section * 64 : 0, [name: value])
        return bytes
    }
}

import BinaryLayout
import ELF
import TestSupport
import Testing

/// Files that lie. A trap ends the test run: every way out is an error.
@Suite struct HostileTests {
    private let file = SyntheticELF()
    /// Around the file's length, the ends of each width, and what wraps when something is added.
    private static let numbers: [UInt64] = [
        1 << 31, 1 << 32, (1 << 32) - 1, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, .max - 63, .max - 56, .max - 1, .max,
        UInt64(Int.max), UInt64(Int.max) - 167,
    ]

    private func parse(_ bytes: [UInt8]) throws -> (ELFHeader, [ProgramHeader], [Symbol]) {
        let header = try ELFHeader(bytes.span)
        return (header, try ProgramHeader.table(of: header, in: bytes.span), try Symbol.table(of: header, in: bytes.span))
    }

    @Test func truncatedAtEveryByte() throws {
        let whole = file.bytes
        let (header, programHeaders, symbols) = try parse(whole)
        for length in 0..<whole.count {
            let bytes = Array(whole[..<length])
            if length < 4 {
                #expect(throws: ELFError.noMagic) { try ELFHeader(bytes.span) }
            } else if length < 64 {
                #expect(throws: ELFError.truncated(TruncatedBytes(what: "the ELF header", offset: 0, needed: 64, available: length))) {
                    try ELFHeader(bytes.span)
                }
            } else {
                #expect(try ELFHeader(bytes.span) == header)
            }
            if length < file.symtab {
                #expect(throws: ELFError.self) { try ProgramHeader.table(of: header, in: bytes.span) }
            } else {
                #expect(try ProgramHeader.table(of: header, in: bytes.span) == programHeaders)
            }
            // The section headers stand at the very end.
            #expect(throws: ELFError.self) { try Symbol.table(of: header, in: bytes.span) }
        }
        #expect(symbols.count == 2)
    }

    @Test func notThisKindOfFile() {
        var bytes = file.bytes
        bytes[4] = 1
        #expect(throws: ELFError.unsupportedClass(1)) { try ELFHeader(bytes.span) }
        bytes[4] = 2
        for value: UInt8 in [0, 3, 255] {
            bytes[5] = value
            #expect(throws: ELFError.unsupportedByteOrder(value)) { try ELFHeader(bytes.span) }
        }
        bytes[3] = 0x47
        #expect(throws: ELFError.noMagic) { try ELFHeader(bytes.span) }
    }

    @Test(arguments: [0, 1, 55, 57, 64, 0xffff])
    func wrongSizesOfHeaders(_ size: UInt64) {
        let programs = file.with("Elf64_Ehdr", "e_phentsize", size)
        #expect(throws: ELFError.field("e_phentsize", size, allowed: "must be 56 (at byte 0x36)")) { try ELFHeader(programs.span) }
        guard size != 64 else { return }
        let sections = file.with("Elf64_Ehdr", "e_shentsize", size)
        #expect(throws: ELFError.field("e_shentsize", size, allowed: "must be 64 (at byte 0x3a)")) { try ELFHeader(sections.span) }
    }

    @Test(arguments: numbers + [UInt64(SyntheticELF().size), UInt64(SyntheticELF().size) - 1, UInt64(SyntheticELF().size) + 1])
    func offsetsOfTables(_ offset: UInt64) throws {
        let size = UInt64(file.size)
        let programs = file.with("Elf64_Ehdr", "e_phoff", offset)
        #expect(
            throws: ELFError.truncated(
                TruncatedBytes(
                    what: "the table of 3 program headers", offset: Int(clamping: offset), needed: 168, available: Int(size)))
        ) {
            try ProgramHeader.table(of: ELFHeader(programs.span), in: programs.span)
        }
        let sections = file.with("Elf64_Ehdr", "e_shoff", offset)
        #expect(
            throws: ELFError.truncated(
                TruncatedBytes(
                    what: "the table of 3 section headers", offset: Int(clamping: offset), needed: 192, available: Int(size)))
        ) {
            try Symbol.table(of: ELFHeader(sections.span), in: sections.span)
        }
    }

    @Test(arguments: [4, 100, 0xfffe])
    func moreHeadersThanThereIsRoom(_ count: UInt64) throws {
        let programs = file.with("Elf64_Ehdr", "e_phnum", count)
        let room = (file.size - file.phoff) / 56
        if count <= room {
            #expect(try ProgramHeader.table(of: ELFHeader(programs.span), in: programs.span).count == Int(count))
        } else {
            #expect(throws: ELFError.self) { try ProgramHeader.table(of: ELFHeader(programs.span), in: programs.span) }
        }
        let sections = file.with("Elf64_Ehdr", "e_shnum", count)
        #expect(throws: ELFError.self) { try Symbol.table(of: ELFHeader(sections.span), in: sections.span) }
    }

    @Test func programHeadersCountedElsewhere() throws {
        let bytes = file.with("Elf64_Ehdr", "e_phnum", 0xffff)
        #expect(throws: ELFError.field("e_phnum", 0xffff, allowed: "must be below 0xffff, PN_XNUM is not supported (at byte 0x38)")) {
            try ProgramHeader.table(of: ELFHeader(bytes.span), in: bytes.span)
        }
    }

    @Test(arguments: numbers, [SyntheticELF.symbolSection, SyntheticELF.stringSection])
    func placesOfSections(_ number: UInt64, section: Int) throws {
        for field in ["sh_offset", "sh_size"] {
            let bytes = file.with("Elf64_Shdr", field, number, section: section)
            #expect(throws: ELFError.self, "\(field) \(number)") { try parse(bytes) }
        }
    }

    @Test(arguments: [UInt64(3), 4, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])
    func linkToNoSection(_ link: UInt64) throws {
        let bytes = file.with("Elf64_Shdr", "sh_link", link, section: SyntheticELF.symbolSection)
        #expect(throws: ELFError.noSymbolTable) { try parse(bytes) }
    }

    @Test(arguments: [UInt64(0), 1, 23, 25, 47])
    func symbolTablesThatEndAmidASymbol(_ size: UInt64) throws {
        let bytes = file.with("Elf64_Shdr", "sh_size", size, section: SyntheticELF.symbolSection)
        // The first symbol is the nameless one that every table begins with.
        #expect(try parse(bytes).2.isEmpty)
    }

    @Test(arguments: numbers.map { $0 & 0xffff_ffff } + [UInt64(SyntheticELF().strings.count), 200])
    func namesOutsideTheStrings(_ name: UInt64) throws {
        var bytes = file.bytes
        file.put(&bytes, "Elf64_Sym", in: file.symtab + 24, ["st_name": name])
        let names = try parse(bytes).2.map(\.name)
        // 0 stands for no name; 1 is the old one.
        #expect(names == (name == 1 ? ["purgatory_digest", "entry"] : ["entry"]))
    }

    @Test func aNameWithoutEndStopsAtTheStringsEnd() throws {
        var bytes = file.bytes
        bytes[file.shoff - 1] = 0x21
        #expect(try parse(bytes).2.map(\.name) == ["purgatory_digest", "entry!"])
    }

    @Test func noSymbolTable() {
        let bytes = file.with("Elf64_Shdr", "sh_type", 1, section: SyntheticELF.symbolSection)
        #expect(throws: ELFError.noSymbolTable) { try parse(bytes) }
    }

    @Test func randomDamageIsAnErrorOrATable() throws {
        var generator = SeededGenerator(seed: 1)
        let whole = file.bytes
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let width = [1, 2, 4, 8][Int.random(in: 0..<4, using: &generator)]
                bytes.putLittleEndian(
                    generator.hostileNumber() & (UInt64.max >> UInt64(64 - 8 * width)),
                    at: Int.random(in: 0...whole.count - width, using: &generator), width: width)
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            guard let header = try? ELFHeader(bytes.span) else { continue }
            if let table = try? ProgramHeader.table(of: header, in: bytes.span) {
                #expect(table.count == Int(header.programHeaderCount))
                accepted += 1
            }
            for symbol in (try? Symbol.table(of: header, in: bytes.span)) ?? [] { #expect(!symbol.name.utf8.contains(0)) }
        }
        #expect(accepted > 1000)
    }
}

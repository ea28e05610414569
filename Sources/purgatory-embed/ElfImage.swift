/// What the rules ask of a linked 64-bit little-endian ELF file. The loader has
/// an ELF reader of its own; the build tools do not depend on what they build.
struct ElfImage {
    struct ProgramHeader {
        static let ptLoad: UInt64 = 1
        static let pfWrite: UInt64 = 2

        var p_type, p_flags, p_offset, p_vaddr, p_filesz, p_memsz: UInt64
    }

    struct Symbol {
        static let sttObject: UInt64 = 1

        /// STT_NOTYPE, STT_OBJECT and STT_FUNC; section and file symbols are not kept.
        var type: UInt64
        var name: String
        var st_shndx, st_value, st_size: UInt64
    }

    struct Relocation {
        var r_offset: UInt64
        var type: UInt64
    }

    let bytes: [UInt8]
    let type: UInt64
    let machine: UInt64
    let entry: UInt64
    private(set) var programHeaders: [ProgramHeader] = []
    private(set) var symbols: [Symbol] = []
    private(set) var relocations: [Relocation] = []

    static let etDyn: UInt64 = 3
    static let shnUndef: UInt64 = 0

    init(_ bytes: [UInt8]) throws(ToolError) {
        let fields = FieldReader(bytes: bytes)
        guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
            throw ToolError("not a 64-bit little-endian ELF file")
        }
        self.bytes = bytes
        type = try fields.read(at: 16, size: 2)
        machine = try fields.read(at: 18, size: 2)
        entry = try fields.read(at: 24, size: 8)
        try readProgramHeaders(fields)
        try readSections(fields)
    }

    private mutating func readProgramHeaders(_ fields: FieldReader) throws(ToolError) {
        let e_phoff = try fields.read(at: 32, size: 8)
        let e_phnum = try fields.read(at: 56, size: 2)
        for index in 0..<e_phnum {
            let at = e_phoff &+ index * 56
            programHeaders.append(
                ProgramHeader(
                    p_type: try fields.read(at: at, size: 4),
                    p_flags: try fields.read(at: at &+ 4, size: 4),
                    p_offset: try fields.read(at: at &+ 8, size: 8),
                    p_vaddr: try fields.read(at: at &+ 16, size: 8),
                    p_filesz: try fields.read(at: at &+ 32, size: 8),
                    p_memsz: try fields.read(at: at &+ 40, size: 8)))
        }
    }

    private struct Section {
        var sh_type, sh_offset, sh_size, sh_link: UInt64
    }

    private mutating func readSections(_ fields: FieldReader) throws(ToolError) {
        let e_shoff = try fields.read(at: 40, size: 8)
        let e_shnum = try fields.read(at: 60, size: 2)
        var sections: [Section] = []
        for index in 0..<e_shnum {
            let at = e_shoff &+ index * 64
            sections.append(
                Section(
                    sh_type: try fields.read(at: at &+ 4, size: 4),
                    sh_offset: try fields.read(at: at &+ 24, size: 8),
                    sh_size: try fields.read(at: at &+ 32, size: 8),
                    sh_link: try fields.read(at: at &+ 40, size: 4)))
        }

        let shtSymtab: UInt64 = 2
        let shtRela: UInt64 = 4
        let shtRel: UInt64 = 9
        for section in sections {
            switch section.sh_type {
            case shtSymtab:
                guard section.sh_link < UInt64(sections.count) else {
                    throw ToolError("sh_link of .symtab names no section")
                }
                try readSymbols(fields, section, strings: sections[Int(section.sh_link)])
            case shtRela:
                try readRelocations(fields, section, entrySize: 24)
            case shtRel:
                try readRelocations(fields, section, entrySize: 16)
            default:
                break
            }
        }
    }

    private mutating func readSymbols(
        _ fields: FieldReader, _ symtab: Section, strings: Section
    ) throws(ToolError) {
        // Entry 0 is undefined by definition.
        for index in 1..<max(1, symtab.sh_size / 24) {
            let at = symtab.sh_offset &+ index * 24
            let sttFunc: UInt64 = 2
            let type = try fields.read(at: at &+ 4, size: 1) & 0xf
            guard type <= sttFunc else { continue }
            let st_name = try fields.read(at: at, size: 4)
            symbols.append(
                Symbol(
                    type: type,
                    name: try fields.readString(at: strings.sh_offset &+ st_name),
                    st_shndx: try fields.read(at: at &+ 6, size: 2),
                    st_value: try fields.read(at: at &+ 8, size: 8),
                    st_size: try fields.read(at: at &+ 16, size: 8)))
        }
    }

    private mutating func readRelocations(
        _ fields: FieldReader, _ section: Section, entrySize: UInt64
    ) throws(ToolError) {
        for index in 0..<section.sh_size / entrySize {
            let at = section.sh_offset &+ index * entrySize
            relocations.append(
                Relocation(
                    r_offset: try fields.read(at: at, size: 8),
                    type: try fields.read(at: at &+ 8, size: 4)))
        }
    }
}

extension ElfImage {
    /// The segment's part of the file, empty if the file does not have all of it.
    func contents(of segment: ProgramHeader) -> ArraySlice<UInt8> {
        let (end, overflow) = segment.p_offset.addingReportingOverflow(segment.p_filesz)
        guard !overflow, end <= UInt64(bytes.count) else { return [] }
        return bytes[Int(segment.p_offset)..<Int(end)]
    }
}

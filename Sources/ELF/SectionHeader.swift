import BinaryLayout

/// A section header of a 64-bit ELF file (ELF specification, Elf64_Shdr), 64 bytes.
struct SectionHeader {
    static let size = 64
    static let symbolTable: UInt32 = 2

    let type: UInt32
    let offset: UInt64
    let length: UInt64
    let link: UInt32

    private enum Field {
        static let type = IntegerField<UInt32>("sh_type", at: 4)
        static let offset = IntegerField<UInt64>("sh_offset", at: 24)
        static let size = IntegerField<UInt64>("sh_size", at: 32)
        static let link = IntegerField<UInt32>("sh_link", at: 40)
    }

    static func table(of header: ELFHeader, in bytes: borrowing Span<UInt8>) throws(ELFError) -> [SectionHeader] {
        guard header.elfClass == .elf64 else { throw .unsupportedClass(header.elfClass.rawValue) }
        let count = Int(header.sectionHeaderCount)
        guard let start = Int(exactly: header.sectionHeadersOffset), start <= bytes.count,
            (bytes.count - start) / size >= count
        else {
            throw .truncated(
                TruncatedBytes(
                    what: "the table of \(count) section headers", offset: Int(clamping: header.sectionHeadersOffset),
                    needed: count * size, available: bytes.count))
        }
        var table: [SectionHeader] = []
        do throws(TruncatedBytes) {
            for i in 0..<count {
                let base = start + i * size
                table.append(
                    SectionHeader(
                        type: try bytes.read(Field.type, in: base, order: header.byteOrder),
                        offset: try bytes.read(Field.offset, in: base, order: header.byteOrder),
                        length: try bytes.read(Field.size, in: base, order: header.byteOrder),
                        link: try bytes.read(Field.link, in: base, order: header.byteOrder)))
            }
        } catch {
            throw .truncated(error)
        }
        return table
    }

    /// Where the section's bytes lie, checked against the file's length.
    func range(in count: Int, what: String) throws(ELFError) -> Range<Int> {
        guard let start = Int(exactly: offset), let length = Int(exactly: length), start <= count, count - start >= length
        else {
            throw .truncated(
                TruncatedBytes(
                    what: what, offset: Int(clamping: offset), needed: Int(clamping: length), available: count))
        }
        return start..<start + length
    }
}

import BinaryLayout

/// A named place in a linked image (ELF specification, Elf64_Sym, 24 bytes).
public struct Symbol: Hashable, Sendable {
    /// From the string table of its symbol table.
    public let name: String
    /// Its address; in a position-independent image, bytes from the image's start.
    public let value: UInt64
    /// In bytes.
    public let size: UInt64

    private static let entrySize = 24
    private enum Field {
        static let name = IntegerField<UInt32>("st_name", at: 0)
        static let shndx = IntegerField<UInt16>("st_shndx", at: 6)
        static let value = IntegerField<UInt64>("st_value", at: 8)
        static let size = IntegerField<UInt64>("st_size", at: 16)
    }

    /// The defined, named symbols of an ELF file.
    public static func table(of header: ELFHeader, in bytes: borrowing Span<UInt8>) throws(ELFError) -> [Symbol] {
        let sections = try SectionHeader.table(of: header, in: bytes)
        guard let section = sections.first(where: { $0.type == SectionHeader.symbolTable }),
            Int(section.link) < sections.count
        else { throw .noSymbolTable }
        let entries = try section.range(in: bytes.count, what: "the symbol table")
        let strings = try sections[Int(section.link)].range(in: bytes.count, what: "the symbols' string table")
        var symbols: [Symbol] = []
        do throws(TruncatedBytes) {
            for base in stride(from: entries.lowerBound, through: entries.upperBound - entrySize, by: entrySize) {
                let shndx = try bytes.read(Field.shndx, in: base, order: header.byteOrder)
                let nameOffset = Int(try bytes.read(Field.name, in: base, order: header.byteOrder))
                guard shndx != 0, nameOffset > 0, nameOffset < strings.count else { continue }
                var name: [UInt8] = []
                var position = strings.lowerBound + nameOffset
                while position < strings.upperBound, bytes[position] != 0 {
                    name.append(bytes[position])
                    position += 1
                }
                symbols.append(
                    Symbol(
                        name: String(decoding: name, as: UTF8.self),
                        value: try bytes.read(Field.value, in: base, order: header.byteOrder),
                        size: try bytes.read(Field.size, in: base, order: header.byteOrder)))
            }
        } catch {
            throw .truncated(error)
        }
        return symbols
    }
}

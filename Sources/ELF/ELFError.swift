import BinaryLayout

/// Why bytes are not the ELF file that was asked for.
public enum ELFError: Error, Equatable, CustomStringConvertible {
    /// The file ends before something that its headers promise.
    case truncated(TruncatedBytes)
    /// It does not begin with 0x7f "ELF".
    case noMagic
    /// EI_CLASS is not that of a file of the width asked for.
    case unsupportedClass(UInt8)
    /// EI_DATA is of neither byte order.
    case unsupportedByteOrder(UInt8)
    /// A header's field holds a value that is not allowed: its name, its value, what is.
    case field(String, UInt64, allowed: String)
    /// No section SHT_SYMTAB.
    case noSymbolTable
    /// No symbol of that name.
    case noSymbol(String)
    /// More program headers than the 16 bits of e_phnum can count.
    case tooManyProgramHeaders(Int)

    public var description: String {
        switch self {
        case .truncated(let bytes): "truncated ELF file: \(bytes)"
        case .noMagic: "not an ELF file: it does not begin with 0x7f 'E' 'L' 'F'"
        case .unsupportedClass(let value): "EI_CLASS \(value) is not ELFCLASS64 (2) (at byte 0x4)"
        case .unsupportedByteOrder(let value): "EI_DATA \(value) is neither ELFDATA2LSB (1) nor ELFDATA2MSB (2) (at byte 0x5)"
        case .field(let name, let value, let allowed): "\(name) 0x\(String(value, radix: 16)): \(allowed)"
        case .noSymbolTable: "no symbol table"
        case .noSymbol(let name): "no symbol \(name)"
        case .tooManyProgramHeaders(let count):
            "\(count) program headers are more than the \(CoreHeader.maximumProgramHeaders) that e_phnum can count"
        }
    }
}

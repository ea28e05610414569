import BinaryLayout
import ByteStorage
import ELF
import KernelImage
import TestSupport

extension FuzzTarget {
    /// ELF headers, program headers and symbols of both classes; an ELF file as a kernel.
    static let elf = FuzzTarget(name: "elf") {
        var relocatable = SyntheticELFKernel.small()
        relocatable.type = 3
        // Two PT_LOADs in one page, and one with nothing in the file.
        let pages = SyntheticELFKernel([
            .init(at: 0x10_0000, Array("text".utf8)), .init(at: 0x10_0800, Array("data".utf8), memorySize: 0x1000),
            .init(at: 0x20_0000, [], memorySize: 0x1000),
        ])
        return [small(is64Bit: true), small(is64Bit: false), relocatable.bytes, pages.bytes, withSymbols()]
    } read: { bytes in
        for allowing32Bit in [false, true] {
            attempt {
                let header = try ELFHeader(bytes.span, allowing32Bit: allowing32Bit)
                attempt { _ = try ProgramHeader.table(of: header, in: bytes.span) }
                attempt { _ = try Symbol.table(of: header, in: bytes.span) }
            }
        }
        attempt {
            let kernel = try ELFKernel(Bytes(bytes))
            promise(kernel.entry < kernel.memorySize, "the entry lies within the kernel")
            var end: UInt64 = 0
            for piece in kernel.pieces {
                promise(piece.offset.rawValue >= end, "pieces are in order and share no page")
                promise(UInt64(piece.contents.count) <= piece.memorySize.rawValue, "a piece's bytes fit its memory")
                end = piece.offset.rawValue + piece.memorySize.rawValue
            }
            promise(end == kernel.memorySize.rawValue, "the last piece ends with the kernel")
        }
    }

    private static func small(is64Bit: Bool) -> [UInt8] {
        SyntheticELFKernel(is64Bit: is64Bit, [.init(at: 0x100_0000, Array("a kernel's text and data".utf8), memorySize: 0x1000)]).bytes
    }

    /// An object with a symbol table of two, one of them undefined, and its strings.
    private static func withSymbols() -> [UInt8] {
        var bytes = SyntheticELFKernel([]).bytes
        let strings = Array("\0start\0missing\0".utf8)
        let symbols = bytes.count + strings.count
        var table = [UInt8](repeating: 0, count: 24)
        for (name, section) in [(1, 1), (7, 0)] as [(UInt64, UInt64)] {
            var symbol = [UInt8](repeating: 0, count: 24)
            symbol.putLittleEndian(name, at: 0, width: 4)
            symbol.putLittleEndian(section, at: 6, width: 2)
            symbol.putLittleEndian(0x1000, at: 8, width: 8)
            table += symbol
        }
        var sections: [UInt8] = []
        // SHT_SYMTAB, whose strings are section 1; SHT_STRTAB.
        for (type, offset, size, link) in [(2, symbols, table.count, 1), (3, bytes.count, strings.count, 0)] {
            var section = [UInt8](repeating: 0, count: 64)
            for (value, at, width) in [(type, 4, 4), (offset, 24, 8), (size, 32, 8), (link, 40, 4)] {
                section.putLittleEndian(UInt64(value), at: at, width: width)
            }
            sections += section
        }
        for (value, at, width) in [(symbols + table.count, 0x28, 8), (64, 0x3a, 2), (2, 0x3c, 2)] {
            bytes.putLittleEndian(UInt64(value), at: at, width: width)
        }
        return bytes + strings + table + sections
    }
}

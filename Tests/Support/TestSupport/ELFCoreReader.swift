/// A program header as `readelf -lW` calls its parts, read by the offsets of <elf.h>.
public struct CoreProgramHeader: Hashable, Sendable {
    public var type: UInt64
    public var flags: UInt64
    public var offset: UInt64
    public var virtualAddress: UInt64
    public var physicalAddress: UInt64
    public var fileSize: UInt64
    public var memorySize: UInt64
    public var alignment: UInt64

    /// All program headers of a little-endian ELF core file; nil when a header lacks.
    public static func table(of core: [UInt8]) -> [CoreProgramHeader]? {
        guard let phoff = CHeaders.field("Elf64_Ehdr", "e_phoff"), let phnum = CHeaders.field("Elf64_Ehdr", "e_phnum"),
            let size = CHeaders.size("Elf64_Phdr"), core.count >= phnum.end
        else { return nil }
        let start = Int(core.littleEndian(phoff))
        let count = Int(core.littleEndian(phnum))
        guard core.count >= start + count * size else { return nil }
        return (0..<count).map { index in
            func field(_ name: String) -> UInt64 {
                CHeaders.field("Elf64_Phdr", name).map { core.littleEndian($0, in: start + index * size) } ?? .max
            }
            return CoreProgramHeader(
                type: field("p_type"), flags: field("p_flags"), offset: field("p_offset"),
                virtualAddress: field("p_vaddr"), physicalAddress: field("p_paddr"), fileSize: field("p_filesz"),
                memorySize: field("p_memsz"), alignment: field("p_align"))
        }
    }
}

import BinaryLayout
import TestSupport
import Testing

@testable import ELF

/// The tables of fields against <elf.h>.
@Suite struct FieldTableTests {
    private func check<Value>(_ field: IntegerField<Value>, _ structure: String) throws {
        let c = try #require(CHeaders.field(structure, "\(field.name)"), "\(field.name)")
        #expect(field.offset == c.offset, "\(field.name)")
        #expect(field.width == c.size, "\(field.name)")
    }

    @Test func header() throws {
        #expect(ELFHeader.size == CHeaders.size("Elf64_Ehdr"))
        try check(ELFHeader.Field.type, "Elf64_Ehdr")
        try check(ELFHeader.Field.machine, "Elf64_Ehdr")
        try check(ELFHeader.Field.entry, "Elf64_Ehdr")
        try check(ELFHeader.Field.phoff, "Elf64_Ehdr")
        try check(ELFHeader.Field.shoff, "Elf64_Ehdr")
        try check(ELFHeader.Field.flags, "Elf64_Ehdr")
        try check(ELFHeader.Field.phentsize, "Elf64_Ehdr")
        try check(ELFHeader.Field.phnum, "Elf64_Ehdr")
        try check(ELFHeader.Field.shentsize, "Elf64_Ehdr")
        try check(ELFHeader.Field.shnum, "Elf64_Ehdr")
    }

    @Test func programHeader() throws {
        #expect(ProgramHeader.size == CHeaders.size("Elf64_Phdr"))
        try check(ProgramHeader.Field.type, "Elf64_Phdr")
        try check(ProgramHeader.Field.flags, "Elf64_Phdr")
        try check(ProgramHeader.Field.offset, "Elf64_Phdr")
        try check(ProgramHeader.Field.vaddr, "Elf64_Phdr")
        try check(ProgramHeader.Field.paddr, "Elf64_Phdr")
        try check(ProgramHeader.Field.filesz, "Elf64_Phdr")
        try check(ProgramHeader.Field.memsz, "Elf64_Phdr")
        try check(ProgramHeader.Field.align, "Elf64_Phdr")
    }

    @Test func sizes() {
        #expect(SectionHeader.size == CHeaders.size("Elf64_Shdr"))
    }

    @Test func constants() {
        #expect(UInt64(ELFType.executable) == CHeaders.constant("ET_EXEC"))
        #expect(UInt64(ELFType.sharedObject) == CHeaders.constant("ET_DYN"))
        #expect(UInt64(ELFType.core) == CHeaders.constant("ET_CORE"))
        #expect(UInt64(ELFMachine.ppc64) == CHeaders.constant("EM_PPC64"))
        #expect(UInt64(ELFMachine.x86_64) == CHeaders.constant("EM_X86_64"))
        #expect(UInt64(ELFMachine.aarch64) == CHeaders.constant("EM_AARCH64"))
        #expect(UInt64(ELFMachine.riscv) == CHeaders.constant("EM_RISCV"))
        #expect(UInt64(SegmentType.load) == CHeaders.constant("PT_LOAD"))
        #expect(UInt64(SegmentType.note) == CHeaders.constant("PT_NOTE"))
        #expect(UInt64(ProgramHeader.readWriteExecute) == CHeaders.constant("PF_R | PF_W | PF_X"))
        #expect(UInt64(SectionHeader.symbolTable) == CHeaders.constant("SHT_SYMTAB"))
    }
}

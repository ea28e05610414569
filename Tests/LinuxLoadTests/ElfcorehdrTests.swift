import ELF
import LinuxLoad
import PhysicalMemory
import TestSupport
import Testing

@Suite struct ElfcorehdrTests {
    private func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
        try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)))
    }

    private func header(cpus: Int, ranges: Int, text: Bool = true) throws -> Elfcorehdr {
        Elfcorehdr(
            machine: 62, crashNotes: try (0..<cpus).map { try range(0x1000_0000 + UInt64($0) * 0x1000, 368) },
            vmcoreinfo: try range(0x2000_0000, 4132),
            kernelText: text ? .init(virtualStart: 0xffff_ffff_8100_0000, range: try range(0x100_0000, 0x2c3_0000)) : nil,
            memory: try (0..<ranges).map { .init(try range(UInt64($0 + 1) << 24, 1 << 23)) }, directMapOffset: 0xffff_8880_0000_0000)
    }

    /// The order in which kernel/crash_core.c writes them.
    @Test func order() throws {
        let table = try #require(CoreProgramHeader.table(of: try header(cpus: 3, ranges: 2).bytes()))
        #expect(table.map(\.type) == [4, 4, 4, 4, 1, 1, 1])
        #expect(table.map(\.physicalAddress) == [0x1000_0000, 0x1000_1000, 0x1000_2000, 0x2000_0000, 0x100_0000, 1 << 24, 2 << 24])
        #expect(table.map(\.virtualAddress) == [0, 0, 0, 0, 0xffff_ffff_8100_0000, 0xffff_8880_0100_0000, 0xffff_8880_0200_0000])
        #expect(table.allSatisfy { $0.offset == $0.physicalAddress && $0.fileSize == $0.memorySize })
        #expect(table.map(\.flags) == [0, 0, 0, 0, 7, 7, 7])
        #expect(table.allSatisfy { $0.alignment == 0 })
    }

    @Test func withoutKernelText() throws {
        let table = try #require(CoreProgramHeader.table(of: try header(cpus: 1, ranges: 1, text: false).bytes()))
        #expect(table.map(\.type) == [4, 4, 1])
    }

    /// A lying /proc/kcore must not trap.
    @Test(arguments: [UInt64.max, 1 << 63, 0]) func anyDirectMap(_ offset: UInt64) throws {
        var header = try header(cpus: 1, ranges: 3)
        header.directMapOffset = offset
        let table = try #require(CoreProgramHeader.table(of: try header.bytes()))
        #expect(table.suffix(3).map(\.virtualAddress) == table.suffix(3).map { $0.physicalAddress &+ offset })
    }

    /// 65,534 fit e_phnum: the notes of two CPUs, VMCOREINFO, the text and the rest RAM.
    @Test func asManyAsTheHeaderCounts() throws {
        let most = try header(cpus: 2, ranges: 65_530)
        let bytes = try most.bytes()
        #expect(bytes.count == 64 + 65_534 * 56)
        #expect(CoreProgramHeader.table(of: bytes)?.last?.physicalAddress == 65_530 << 24)
        let oneMore = try header(cpus: 2, ranges: 65_531)
        #expect(throws: ELFError.tooManyProgramHeaders(65_535)) { try oneMore.bytes() }
        let farMore = try header(cpus: 70_000, ranges: 1)
        #expect(throws: ELFError.tooManyProgramHeaders(70_003)) { try farMore.bytes() }
    }
}

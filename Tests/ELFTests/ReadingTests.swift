import BinaryLayout
import ELF
import PhysicalMemory
import TestSupport
import Testing

@Suite struct ReadingTests {
    @Test(arguments: [ByteOrder.littleEndian, .bigEndian])
    func everyFieldInBothOrders(_ order: ByteOrder) throws {
        var file = SyntheticELF()
        file.order = order
        let bytes = file.bytes
        let header = try ELFHeader(bytes.span)
        #expect(header.byteOrder == order)
        #expect(header.type == 4)
        #expect(header.machine == 62)
        #expect(header.entry == 0x1234_5678_9abc_def0)
        #expect(header.flags == 0x8000_0002)
        #expect(header.programHeadersOffset == UInt64(file.phoff))
        #expect(header.sectionHeadersOffset == UInt64(file.shoff))
        #expect(header.programHeaderCount == 3)
        #expect(header.sectionHeaderCount == 3)
        let expected = file.programHeaders.map { type, offset, paddr in
            ProgramHeader(
                type: UInt32(type), flags: 5, offset: FileOffset(offset), virtualAddress: 0xffff_8880_0000_0000 + paddr,
                physicalAddress: PhysicalAddress(paddr), fileSize: ByteCount(0x800), memorySize: ByteCount(0x900),
                alignment: 0x1000)
        }
        #expect(try ProgramHeader.table(of: header, in: bytes.span) == expected)
        let symbols = try Symbol.table(of: header, in: bytes.span)
        #expect(symbols.map(\.name) == ["purgatory_digest", "entry"])
        #expect(symbols.map(\.value) == [0x40, 0xffff_ffff_8100_0000])
        #expect(symbols.map(\.size) == [32, 8])
    }

    /// The linker's own work, read by binutils.
    @Test(.enabled(if: Tool.readelf.isAvailable), arguments: ["/bin/sh", "/proc/self/exe"])
    func programHeadersAgreeWithReadelf(path: String) throws {
        let bytes = path == "/proc/self/exe" ? try fileBytes("/proc/self/exe") : try fileBytes("/bin/sh")
        let table = try ProgramHeader.table(of: ELFHeader(bytes.span), in: bytes.span)
        let loads = table.filter { $0.type == SegmentType.load }
        let folder = try TemporaryFolder()
        let listed = try ReadelfSegments.list(folder.write(bytes, to: "file").string).filter { $0.type == "LOAD" }
        #expect(!listed.isEmpty)
        #expect(loads.map(\.offset.rawValue) == listed.map(\.offset))
        #expect(loads.map(\.virtualAddress) == listed.map(\.virtualAddress))
        #expect(loads.map(\.physicalAddress.rawValue) == listed.map(\.physicalAddress))
        #expect(loads.map(\.fileSize.rawValue) == listed.map(\.fileSize))
        #expect(loads.map(\.memorySize.rawValue) == listed.map(\.memorySize))
    }

    /// This test's own program has a symbol table of many thousand entries.
    @Test(.enabled(if: Tool.readelf.isAvailable))
    func symbolsAgreeWithReadelf() throws {
        let bytes = try fileBytes("/proc/self/exe")
        let folder = try TemporaryFolder()
        let file = try folder.write(bytes, to: "file")
        // "   Num:    Value          Size Type    Bind   Vis      Ndx Name"
        let listed = try Tool.readelf.text(["-sW", file.string])
        var inTable = false
        var expected: [String: [UInt64]] = [:]
        var count = 0
        for line in listed.split(separator: "\n") {
            if line.hasPrefix("Symbol table") { inTable = line.contains("'.symtab'") }
            let words = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
            guard inTable, words.count == 8, words[0].hasSuffix(":"), let value = UInt64(words[1], radix: 16), words[6] != "UND",
                // readelf names sections and absolute files in ways of its own.
                words[3] == "FUNC" || words[3] == "OBJECT"
            else { continue }
            expected[String(words[7]), default: []].append(value)
            count += 1
        }
        #expect(count > 100)
        var found: [String: [UInt64]] = [:]
        for symbol in try Symbol.table(of: ELFHeader(bytes.span), in: bytes.span) { found[symbol.name, default: []].append(symbol.value) }
        let missing = expected.filter { name, values in !values.allSatisfy { found[name]?.contains($0) ?? false } }
        #expect(missing.isEmpty, "\(missing.count) of \(expected.count), as \(missing.first?.key ?? "")")
    }
}

import BinaryLayout
import ELF
import PhysicalMemory
import TestSupport
import Testing

/// What is written, read back by binutils.
@Suite(.enabled(if: Tool.readelf.isAvailable, "no readelf here"))
struct CoreHeaderTests {
    private func randomHeaders(_ count: Int, seed: UInt64) -> [ProgramHeader] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            ProgramHeader(
                type: Bool.random(using: &generator) ? SegmentType.load : SegmentType.note,
                flags: UInt32.random(in: 0...7, using: &generator), offset: FileOffset(generator.next()),
                virtualAddress: generator.next(), physicalAddress: PhysicalAddress(generator.next()),
                fileSize: ByteCount(generator.next() >> 20), memorySize: ByteCount(generator.next() >> 20),
                alignment: UInt64(1) << UInt64.random(in: 0..<30, using: &generator))
        }
    }

    @Test(arguments: [(ByteOrder.littleEndian, ELFMachine.x86_64), (.bigEndian, ELFMachine.ppc64), (.littleEndian, ELFMachine.aarch64)])
    func programHeaders(order: ByteOrder, machine: UInt16) throws {
        let headers = randomHeaders(40, seed: UInt64(machine))
        let bytes = try CoreHeader.bytes(machine: machine, order: order, programHeaders: headers)
        #expect(bytes.count == CoreHeader.size(programHeaders: 40))
        let folder = try TemporaryFolder()
        let listed = try ReadelfSegments.list(folder.write(bytes, to: "core").string)
        #expect(listed.map(\.type) == headers.map { $0.type == SegmentType.load ? "LOAD" : "NOTE" })
        #expect(listed.map(\.offset) == headers.map(\.offset.rawValue))
        #expect(listed.map(\.virtualAddress) == headers.map(\.virtualAddress))
        #expect(listed.map(\.physicalAddress) == headers.map(\.physicalAddress.rawValue))
        #expect(listed.map(\.fileSize) == headers.map(\.fileSize.rawValue))
        #expect(listed.map(\.memorySize) == headers.map(\.memorySize.rawValue))
        #expect(listed.map(\.alignment) == headers.map(\.alignment))
        #expect(
            listed.map(\.flags)
                == headers.map { ($0.flags & 4 != 0 ? "R" : "") + ($0.flags & 2 != 0 ? "W" : "") + ($0.flags & 1 != 0 ? "E" : "") })
    }

    @Test(arguments: [
        (ByteOrder.littleEndian, ELFMachine.x86_64, "Advanced Micro Devices X86-64", "little endian"),
        (.bigEndian, ELFMachine.ppc64, "PowerPC64", "big endian"), (.littleEndian, ELFMachine.aarch64, "AArch64", "little endian"),
    ])
    func header(order: ByteOrder, machine: UInt16, name: String, data: String) throws {
        let bytes = try CoreHeader.bytes(machine: machine, flags: 0x2, order: order, programHeaders: randomHeaders(3, seed: 1))
        let folder = try TemporaryFolder()
        let text = try Tool.readelf.text(["-hW", folder.write(bytes, to: "core").string])
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingPrefix { $0 == " " } }
            if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
        }
        #expect(fields["Class"] == "ELF64")
        #expect(fields["Data"]?.hasSuffix(data) == true)
        #expect(fields["Version"] == "0x1")
        #expect(fields["OS/ABI"] == "UNIX - System V")
        #expect(fields["Type"] == "CORE (Core file)")
        #expect(fields["Machine"] == name)
        #expect(fields["Entry point address"] == "0x0")
        #expect(fields["Start of program headers"] == "64 (bytes into file)")
        #expect(fields["Start of section headers"] == "0 (bytes into file)")
        #expect(fields["Flags"]?.hasPrefix("0x2") == true)
        #expect(fields["Size of this header"] == "64 (bytes)")
        #expect(fields["Size of program headers"] == "56 (bytes)")
        #expect(fields["Number of program headers"] == "3")
        #expect(fields["Number of section headers"] == "0")
        #expect(fields["Section header string table index"] == "0")
    }

    /// 0xffff in e_phnum is PN_XNUM: "look elsewhere".
    @Test func atMostAsManyAsTheFieldCounts() throws {
        let one = randomHeaders(1, seed: 2)
        let most = Array(repeating: one[0], count: 65_534)
        let bytes = try CoreHeader.bytes(machine: 62, programHeaders: most)
        #expect(bytes.count == 64 + 65_534 * 56)
        #expect(try ProgramHeader.table(of: ELFHeader(bytes.span), in: bytes.span) == most)
        #expect(UInt64(CoreHeader.maximumProgramHeaders) + 1 == CHeaders.constant("PN_XNUM"))
        #expect(throws: ELFError.tooManyProgramHeaders(65_535)) {
            try CoreHeader.bytes(machine: 62, programHeaders: most + one)
        }
    }

    /// The sentence must not contradict itself: 65535 are refused, so the limit is 65534.
    @Test func theErrorNamesTheLimit() {
        #expect(ELFError.tooManyProgramHeaders(65_535).description.contains("65534"))
    }
}

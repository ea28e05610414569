import CPurgatoryCommon
import Testing

@Suite struct ElfcorehdrShapeTests {
    static let machine: UInt64 = 62
    static let programHeaders = 5
    static let size = 64 + 56 * programHeaders

    /// One PT_NOTE and four PT_LOADs, written by hand from the ELF specification.
    static let good: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: size)
        bytes.replaceSubrange(0..<7, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
        bytes.store(4, at: 16, size: 2)  // e_type = ET_CORE
        bytes.store(machine, at: 18, size: 2)
        bytes.store(1, at: 20, size: 4)  // e_version
        bytes.store(64, at: 32, size: 8)  // e_phoff
        bytes.store(64, at: 52, size: 2)  // e_ehsize
        bytes.store(56, at: 54, size: 2)  // e_phentsize
        bytes.store(UInt64(programHeaders), at: 56, size: 2)
        for index in 0..<programHeaders {
            bytes.store(index == 0 ? 4 : 1, at: 64 + 56 * index, size: 4)
        }
        return bytes
    }()

    func fault(_ bytes: [UInt8], memorySize: UInt64? = nil) -> String? {
        let memory = Memory(bytes)
        var segment = shaped(
            memory.address, memorySize ?? UInt64(bytes.count), check: PURGATORY_CHECK_ELFCOREHDR.rawValue)
        return withExtendedLifetime(memory) {
            unsafe purgatory_shape_fault(&segment, UInt32(Self.machine)).map { unsafe String(cString: $0) }
        }
    }

    func fault(_ value: UInt64, at offset: Int, size: Int) -> String? {
        var bytes = Self.good
        bytes.store(value, at: offset, size: size)
        return fault(bytes)
    }

    @Test func aGoodHeaderPasses() {
        #expect(fault(Self.good) == nil)
        #expect(fault(Self.good + [UInt8](repeating: 0xff, count: 4096)) == nil)
    }

    @Test func anUnusedProgramHeaderPasses() {
        #expect(fault(0, at: 64 + 56 * 2, size: 4) == nil)
    }

    @Test func everyFlippedBitOfTheMagicIsFound() {
        for bit in 0..<32 {
            #expect(fault(UInt64(Self.good[bit / 8] ^ 1 << (bit % 8)), at: bit / 8, size: 1) == "no ELF magic")
        }
    }

    @Test func everyCorruptedFieldIsNamed() {
        #expect(fault(1, at: 4, size: 1) == "not ELFCLASS64")
        #expect(fault(2, at: 5, size: 1) == "not ELFDATA2LSB")
        #expect(fault(0, at: 6, size: 1) == "not EV_CURRENT")
        #expect(fault(0x100, at: 20, size: 4) == "not EV_CURRENT")
        #expect(fault(2, at: 16, size: 2) == "e_type is not ET_CORE")
        #expect(fault(0x104, at: 16, size: 2) == "e_type is not ET_CORE")
        #expect(fault(21, at: 18, size: 2) == "e_machine is another machine's")
        #expect(fault(0, at: 52, size: 2) == "e_ehsize is not 64")
        #expect(fault(32, at: 54, size: 2) == "e_phentsize is not 56")
        #expect(fault(0, at: 56, size: 2) == "e_phnum is 0")
    }

    @Test func everyProgramHeaderTypeIsLookedAt() {
        for index in 0..<Self.programHeaders {
            for p_type: UInt64 in [2, 3, 5, 6, 0x6474_e551, 0x0100_0001, 0xffff_ffff] {
                #expect(
                    fault(p_type, at: 64 + 56 * index, size: 4)
                        == "a program header is neither PT_LOAD nor PT_NOTE")
            }
        }
    }

    /// No byte of the memory that is not there may be read: the address sanitizer
    /// watches when the tests are built with it.
    @Test func everyTruncationIsFound() {
        for size in 0..<Self.size {
            let expected =
                size < 64 ? "no room for an ELF header" : "the program headers end after the segment"
            #expect(fault(Array(Self.good.prefix(size))) == expected, "\(size) bytes")
        }
    }

    @Test func anEPhoffThatDoesNotFitIsFound() {
        let message = "the program headers end after the segment"
        let size = UInt64(Self.size)
        for e_phoff in [
            65, size, size + 1, 1 << 32, 1 << 63, UInt64.max,
            // e_phoff + e_phnum * 56 wraps to 0, and to a little more.
            UInt64.max - 56 * 5 + 1, UInt64.max - 56 * 5 + 65,
        ] {
            #expect(fault(e_phoff, at: 32, size: 8) == message, "e_phoff \(e_phoff)")
        }
        for e_phoff: UInt64 in [0, 1, 63] {
            #expect(fault(e_phoff, at: 32, size: 8) == "e_phoff is inside the ELF header")
        }
    }

    @Test func anEPhnumThatDoesNotFitIsFound() {
        for e_phnum: UInt64 in [6, 7, 256, 0xffff] {
            #expect(
                fault(e_phnum, at: 56, size: 2) == "the program headers end after the segment")
        }
    }

    @Test func aHeaderThatWasWrittenOverIsFound() {
        for byte: UInt8 in [0, 0x20, 0x5a, 0xff] {
            #expect(fault([UInt8](repeating: byte, count: Self.size)) == "no ELF magic")
        }
    }
}

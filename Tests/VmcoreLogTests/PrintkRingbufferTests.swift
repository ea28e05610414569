import BinaryLayout
import TestSupport
import Testing

@testable import VmcoreLog

/// Kernels from 5.10 on.
@Suite struct PrintkRingbufferTests {
    private typealias Record = SyntheticRingbuffer.Record

    private func log(_ texts: [String]) -> SyntheticRingbuffer {
        var log = SyntheticRingbuffer()
        log.records = texts.enumerated().map { Record(UInt64($0) * 1_500_000_000, $1) }
        return log
    }

    private func printed(_ log: SyntheticRingbuffer) throws -> String {
        let reading = try Reading(log.vmcore)
        #expect(reading.error == nil)
        return reading.text
    }

    @Test(arguments: [ByteOrder.littleEndian, .bigEndian], [0, 24])
    func recordsComeInOrderWithTheirTimes(_ order: ByteOrder, _ shift: Int) throws {
        var log = log(["Linux version", "Command line"])
        log.records.append(Record(12_345_678_901_234, "later"))
        log.order = order
        log.shift = shift
        #expect(try printed(log) == "[    0.000000] Linux version\n[    1.500000] Command line\n[12345.678901] later\n")
    }

    @Test(arguments: [
        (0, "[    0.000000] "), (999, "[    0.000000] "), (1000, "[    0.000001] "), (99_999_999_999_999, "[99999.999999] "),
        (100_000_000_000_000, "[100000.000000] "), (UInt64.max, "[18446744073.709551] "),
    ])
    func time(_ nanoseconds: UInt64, _ expected: String) throws {
        var log = SyntheticRingbuffer()
        log.records = [Record(nanoseconds, "x")]
        #expect(try printed(log) == expected + "x\n")
    }

    @Test func bothRingsWrap() throws {
        // Eight descriptors and 256 bytes: the oldest is descriptor 6, the third text goes to the start.
        var log = log(["one", "two of some length", "three of some more length", "four", "five"])
        log.tailID = 0x1_0000_0006
        log.position = 0x7fff_ffff_ff00 + 256 - 56
        log.sequence = 500
        let lines = try printed(log).split(separator: "\n")
        #expect(lines.map { $0.dropFirst(15) } == ["one", "two of some length", "three of some more length", "four", "five"])
    }

    @Test func idsAndPositionsWrapAtTheEndOfTheirBits() throws {
        var log = log(["one", "two", "three"])
        log.tailID = UInt64.max >> 2
        log.position = UInt64.max - 15
        #expect(try printed(log).split(separator: "\n").count == 3)
    }

    @Test func aFullRing() throws {
        var log = log((0..<8).map { "record \($0) 78901234567" })  // 32 bytes each, 256 in all
        log.tailID = 5
        log.position = 96
        #expect(try printed(log).split(separator: "\n").count == 8)
    }

    @Test func onlyCompletedRecordsArePrinted() throws {
        var log = log(["reserved", "committed", "finalized", "reusable", "of another round"])
        for (i, state) in [Record.State.reserved, .committed, .finalized, .reusable].enumerated() { log.records[i].state = state }
        log.records[4].id = 4 + 8
        #expect(try printed(log) == "[    1.500000] committed\n[    3.000000] finalized\n")
    }

    @Test func anEmptyRing() throws {
        #expect(try printed(SyntheticRingbuffer()) == "")
        var log = SyntheticRingbuffer()
        log.tailID = UInt64.max >> 2 & ~7 | 7
        #expect(try printed(log) == "")
    }

    @Test func recordsWithoutText() throws {
        var log = log(["no data", "lost", "after"])
        log.records[0].positions = (3, 3)
        log.records[1].positions = (1, 1)
        #expect(try printed(log) == "[    0.000000] \n[    1.500000] \n[    3.000000] after\n")
    }

    @Test func linesWithinARecordStayAsTheyAre() throws {
        #expect(try printed(log(["one\ntwo\n\nfour", "five"])) == "[    0.000000] one\ntwo\n\nfour\n[    1.500000] five\n")
    }

    @Test func whatATerminalWouldObeyIsEscapedAndNothingElse() throws {
        var log = log([""])
        log.records[0].text = [0x00, 0x1b, 0x5b, 0x09, 0x7f, 0xc3, 0xa4, 0xff, 0xe4, 0x0d]
        let reading = try Reading(log.vmcore)
        #expect(reading.output == Array("[    0.000000] \\x00\\x1b[\t\\x7f".utf8) + [0xc3, 0xa4, 0xff, 0xe4, 0x0d, 0x0a])
    }

    /// U+009B begins a command as ESC [ does: in UTF-8, as the byte of an 8-bit terminal, behind a character that breaks off, and
    /// longer than it need be; the same byte inside of a character is a part of that.
    @Test(
        arguments: [
            ([0x61, 0xc2, 0x9b, 0x4a], #"a\xc2\x9bJ"#), ([0x9b, 0x4a], #"\x9bJ"#), ([0xc3, 0x61, 0x9b], "\u{c3}a\\x9b"),
            ([0xff, 0x9b], "\u{ff}\\x9b"), ([0xc0, 0x9b], "\u{c0}\\x9b"), ([0xe0, 0x82, 0x9b], "\u{e0}\\x82\\x9b"),
            ([0xf0, 0x80, 0x82, 0x9b], "\u{f0}\\x80\\x82\\x9b"), ([0xc4, 0x9b, 0x9b], "\u{c4}\u{9b}\\x9b"),
            ([0xe2, 0x9b, 0x94, 0xc2, 0xa0], "\u{e2}\u{9b}\u{94}\u{c2}\u{a0}"), ([0xf0, 0x9f, 0x9b, 0x91], "\u{f0}\u{9f}\u{9b}\u{91}"),
        ] as [([UInt8], String)])
    func eightBitControlCharacters(_ text: [UInt8], _ expected: String) throws {
        var log = log([""])
        log.records[0].text = text
        let reading = try Reading(log.vmcore)
        #expect(reading.output == Array("[    0.000000] ".utf8) + expected.unicodeScalars.map { UInt8($0.value) } + [0x0a])
    }

    @Test func aTextEndsWithItsBlock() throws {
        var log = log(["short", "after"])
        log.records[0].length = 60000
        #expect(try printed(log) == "[    0.000000] short\\x00\\x00\\x00\n[    1.500000] after\n")
    }

    @Test(arguments: [(0, 4096), (16, 8), (8, 0), (0, 1), (512, 16), (0, 3), (1, 16), (0, UInt64.max), (64, 65)] as [(UInt64, UInt64)])
    func aDamagedRecordDoesNotHideTheOthers(_ begin: UInt64, _ next: UInt64) throws {
        var log = log(["before", "damaged", "Kernel panic"])
        log.sequence = 41
        log.records[1].positions = (begin, next)
        let reading = try Reading(log.vmcore)
        #expect(reading.text == "[    0.000000] before\n[    3.000000] Kernel panic\n")
        #expect(reading.error == .damagedRecords(count: 1, first: 42))
    }

    @Test func moreTextThanTheRingHoldsIsNotPrinted() throws {
        var log = log((0..<8).map { _ in "x" })
        for i in 0..<8 { log.records[i].positions = (0, 128) }
        let reading = try Reading(log.vmcore)
        #expect(reading.text.split(separator: "\n").count == 2)
        #expect(reading.error == .damagedRecords(count: 6, first: 2))
    }

    @Test(
        arguments: [
            ("SYMBOL(prb)", "xyz"), ("SYMBOL(prb)", "1234"), ("SIZE(atomic_long_t)", "4"), ("SIZE(prb_desc)", "18446744073709551615"),
            ("SIZE(printk_info)", "4097"), ("SIZE(prb_desc)", "8"), ("OFFSET(prb_desc_ring.infos)", nil), ("SIZE(printk_ringbuffer)", nil),
            ("OFFSET(printk_info.text_len)", "39"), ("OFFSET(printk_info.seq)", "-1"), ("OFFSET(atomic_long_t.counter)", "1"),
            ("OFFSET(printk_ringbuffer.text_data_ring)", "57"), ("SYMBOL(prb)", nil),
        ] as [(String, String?)])
    func aMissingOrImpossibleLineIsNamed(_ key: String, _ value: String?) throws {
        var log = log(["x"])
        log.changes[key] = .some(value)
        let reading = try Reading(log.vmcore)
        let error = try #require(reading.error).description
        #expect(reading.output.isEmpty)
        #expect(error.contains(key.hasPrefix("SYMBOL") ? "prb" : key.dropFirst(5).prefix { $0 != ")" && $0 != "." }), "\(error)")
        #expect(!error.contains("\n"))
    }

    @Test(arguments: [(27, 8, 0), (.max, 8, 0), (3, 32, 0), (3, .max, 0), (3, 8, 8), (3, 8, .max)] as [(UInt32, UInt32, UInt64)])
    func impossibleNumbersInTheRing(_ countBits: UInt32, _ sizeBits: UInt32, _ head: UInt64) throws {
        var log = log(["x"])
        var memory = log.memory
        memory.put(countBits, at: 0x40, .littleEndian)
        memory.put(sizeBits, at: 0x40 + 56, .littleEndian)
        memory.put(head, at: 0x40 + 24, .littleEndian)
        log.changes = [:]
        let vmcore = SyntheticVmcore(info: log.info, loads: [.init(address: SyntheticRingbuffer.base, bytes: memory)])
        let reading = try Reading(vmcore)
        guard case .value = reading.error else {
            Issue.record("\(String(describing: reading.error))")
            return
        }
    }
}

/// The rules of the comment "Data Rings" in kernel/printk/printk_ringbuffer.c, for a ring of 64 bytes.
@Suite struct TextBlockTests {
    @Test(
        arguments: [
            (0, 16, 8, 8), (40, 64, 48, 16), (104, 128, 48, 16), (128, 192, 8, 56),
            // Those that do not fit before the end begin at the start.
            (48, 88, 8, 16), (48, 64 + 48, 8, 40), (UInt64.max - 15, 24, 8, 16),
            (1, 1, 0, 0), (3, 3, 0, 0),
        ] as [(UInt64, UInt64, UInt64, Int)])
    func blocks(_ begin: UInt64, _ next: UInt64, _ offset: UInt64, _ room: Int) throws {
        let block = try #require(TextBlock(begin: begin, next: next, sizeBits: 6))
        #expect(block.textOffset == offset)
        #expect(block.textRoom == room)
    }

    @Test(
        arguments: [(0, 0), (8, 8), (16, 8), (0, 4), (0, 160), (0, 200), (64, 0), (60, 68), (0, UInt64.max), (.max, 0)]
            as [(UInt64, UInt64)])
    func noBlocks(_ begin: UInt64, _ next: UInt64) {
        #expect(TextBlock(begin: begin, next: next, sizeBits: 6) == nil)
    }

    @Test(arguments: [0, 3, 31] as [UInt64])
    func everyBlockLiesInItsRing(_ sizeBits: UInt64) {
        let numbers = [0, 1, 2, 7, 8, 9, 15, 16, 1 << 31, .max, .max - 1, .max - 7, .max - 8] as [UInt64]
        for begin in numbers {
            for next in numbers {
                guard let block = TextBlock(begin: begin, next: next, sizeBits: sizeBits) else { continue }
                #expect(block.textOffset + UInt64(block.textRoom) <= 1 << sizeBits)
                #expect(block.blockSize <= 1 << sizeBits)
            }
        }
    }
}

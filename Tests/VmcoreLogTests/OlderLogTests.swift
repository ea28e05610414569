import BinaryLayout
import TestSupport
import Testing

@testable import VmcoreLog

/// Kernels 3.5 to 5.9.
@Suite struct RecordRingTests {
    private typealias Record = SyntheticRecordLog.Record

    @Test(arguments: [ByteOrder.littleEndian, .bigEndian], ["printk_log", "log"])
    func records(_ order: ByteOrder, _ structure: String) throws {
        var log = SyntheticRecordLog(order: order, structure: structure)
        log.records = [
            Record(0, "Linux version"), Record(1_234_567_890, "two\nlines", dictionary: "SUBSYSTEM=pci\0DEVICE=+pci:0"),
            Record(2_000_000_000, ""),
            Record(3_000_000_000, "\u{1b}ä"),
        ]
        let reading = try Reading(log.vmcore)
        #expect(reading.error == nil)
        #expect(reading.text == "[    0.000000] Linux version\n[    1.234567] two\nlines\n[    2.000000] \n[    3.000000] \\x1bä\n")
    }

    @Test(arguments: Array(stride(from: UInt32(0), through: 496, by: 4)))
    func theRingWraps(_ first: UInt32) throws {
        var log = SyntheticRecordLog(first: first)
        log.records = (0..<7).map { Record(UInt64($0) * 1_000_000_000, "record \($0) of 32 bytes") }
        let reading = try Reading(log.vmcore)
        #expect(reading.error == nil)
        #expect(reading.text == (0..<7).map { "[    \($0).000000] record \($0) of 32 bytes\n" }.joined())
    }

    @Test func anEmptyRing() throws {
        let reading = try Reading(SyntheticRecordLog().vmcore)
        #expect(reading.error == nil)
        #expect(reading.output.isEmpty)
    }

    @Test(arguments: [0, 1, 15, 16, 28, 36, 0xffff] as [UInt16])
    func aWrongLengthEndsTheLog(_ length: UInt16) throws {
        var log = SyntheticRecordLog()
        log.records = [Record(0, "good"), Record(0, "thirteen text", length: length)]
        let reading = try Reading(log.vmcore)
        #expect(reading.text == "[    0.000000] good\n")
        guard case .brokenRecord(index: 20, _) = reading.error else {
            Issue.record("\(String(describing: reading.error))")
            return
        }
    }

    @Test(arguments: [(0, 513), (513, 0), (.max, 0), (0, .max), (500, 490), (512, 0), (4, 20), (400, 2)] as [(UInt32, UInt32)])
    func indicesThatLeadNowhere(_ first: UInt32, _ next: UInt32) throws {
        var log = SyntheticRecordLog()
        log.records = [Record(0, "a record")]
        log.next = next
        var memory = log.memory
        memory.put(first, at: 12, .littleEndian)
        let reading = try Reading(SyntheticVmcore(info: log.info, loads: [.init(address: SyntheticRecordLog.base, bytes: memory)]))
        #expect(reading.error != nil)
    }
}

/// Kernels before 3.5.
@Suite struct TextRingTests {
    @Test(arguments: [ByteOrder.littleEndian, .bigEndian])
    func characters(_ order: ByteOrder) throws {
        let reading = try Reading(
            SyntheticTextLog(order: order, text: Array("<6>[    0.000000] Linux\n<4>[    1.0] \u{1b}ä\n".utf8)).vmcore)
        #expect(reading.error == nil)
        #expect(reading.text == "<6>[    0.000000] Linux\n<4>[    1.0] \\x1bä\n")
    }

    @Test(arguments: [0, 1, 255, 256, 1000, UInt32.max - 100])
    func theRingWraps(_ before: UInt32) throws {
        let text = (0..<256).map { UInt8(0x30 + $0 % 64) }
        let reading = try Reading(SyntheticTextLog(before: before, text: text).vmcore)
        #expect(reading.error == nil)
        // After 2^32 characters the counter tells only of those since.
        let known = before == UInt32.max - 100 ? 155 : 256
        #expect(reading.output == Array(text.suffix(known)))
    }

    @Test func anEmptyLog() throws {
        let reading = try Reading(SyntheticTextLog(text: []).vmcore)
        #expect(reading.error == nil)
        #expect(reading.output.isEmpty)
    }

    @Test(arguments: [0, 255, 3] as [UInt32])
    func aSizeThatIsNoPowerOfTwo(_ size: UInt32) throws {
        var vmcore = SyntheticTextLog(text: [0x30]).vmcore
        vmcore.loads[0].bytes.put(size, at: 8, .littleEndian)
        guard case .value = try Reading(vmcore).error else {
            Issue.record("taken")
            return
        }
    }
}

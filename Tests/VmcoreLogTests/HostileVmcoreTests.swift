import SystemPackage
import TestSupport
import Testing

@testable import VmcoreLog

/// Files that were cut short or made with ill will: an error or a log, never a trap, never for ever.
@Suite struct HostileVmcoreTests {
    /// A small vmcore of each format, with its log.
    private static let samples: [SyntheticVmcore] = {
        var ring = SyntheticRingbuffer(sizeBits: 7, shift: 8)
        ring.tailID = 6
        ring.position = 64
        ring.records = [
            .init(0, "Linux version"), .init(1_000_000_000, "a second line\nand a third"), .init(2_000_000_000, "Kernel panic"),
        ]
        var records = SyntheticRecordLog(size: 128, first: 64)
        records.records = [.init(0, "Linux version"), .init(1_000_000_000, "a second line"), .init(2_000_000_000, "Kernel panic")]
        return [
            ring.vmcore, records.vmcore,
            SyntheticTextLog(size: 64, before: 40, text: Array("<6>Linux version\n<1>Kernel panic\n".utf8)).vmcore,
        ]
    }()

    @Test(arguments: samples.indices)
    func cutAtEveryByte(_ sample: Int) throws {
        let bytes = Self.samples[sample].bytes
        let whole = try Reading(bytes)
        #expect(whole.error == nil)
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "vmcore")
        let file = try FileDescriptor.open(path, .writeOnly)
        defer { try? file.close() }
        for length in bytes.indices.reversed() {
            try file.resize(to: Int64(length))
            let reading = Reading(path)
            #expect(whole.output.starts(with: reading.output), "at \(length)")
            // Without an error nothing may be missing: what was cut off was no part of the log.
            #expect(reading.error != nil || reading.output == whole.output, "at \(length)")
        }
    }

    @Test(arguments: samples.indices)
    func numbersReplaced(_ sample: Int) throws {
        let bytes = Self.samples[sample].bytes
        var generator = SeededGenerator(seed: UInt64(sample))
        let folder = try TemporaryFolder()
        for _ in 0..<500 {
            var copy = bytes
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                let width = [1, 2, 4, 8][Int.random(in: 0...3, using: &generator)]
                copy.putLittleEndian(
                    generator.hostileNumber(), at: Int.random(in: 0...(copy.count - 8), using: &generator) / width * width, width: width)
            }
            let reading = Reading(try folder.write(copy, to: "vmcore"))
            #expect(reading.output.count < 1 << 20)
            #expect(reading.error?.description.contains("\n") != true)
        }
    }

    @Test(arguments: samples.indices)
    func numbersOfVmcoreinfoReplaced(_ sample: Int) throws {
        var generator = SeededGenerator(seed: 100 + UInt64(sample))
        let lines = String(decoding: Self.samples[sample].notes[0][1].contents, as: UTF8.self).split(separator: "\n")
        for _ in 0..<200 {
            var vmcore = Self.samples[sample]
            var changed = lines.map(String.init)
            let line = Int.random(in: 0..<lines.count, using: &generator)
            let key = lines[line].prefix { $0 != "=" }
            changed[line] = "\(key)=" + String(generator.hostileNumber(), radix: key.hasPrefix("SYMBOL") ? 16 : 10)
            vmcore.notes[0][1] = SyntheticVmcore.vmcoreinfo(changed)
            #expect(try Reading(vmcore).output.count < 1 << 20)
        }
    }

    /// A length of 0 at the start of the ring leads to itself.
    @Test func aRingThatOnlySaysGoBackToTheStart() throws {
        var log = SyntheticRecordLog(first: 300)
        log.next = 200
        let reading = try Reading(log.vmcore)
        guard case .brokenRecord(index: 0, _) = reading.error else {
            Issue.record("\(String(describing: reading.error))")
            return
        }
    }

    /// 2^26 descriptors in memory that the file leaves out: read as zeros they took seconds and gave no error. From fuzzing.
    @Test func aRingInAHole() throws {
        var log = SyntheticRingbuffer()
        log.headID = 1 << 26 - 1
        var memory = log.memory
        memory.put(26 as UInt32, at: 0x40, .littleEndian)
        memory.put(SyntheticRingbuffer.base + 1 << 30, at: 0x48, .littleEndian)
        memory.put(SyntheticRingbuffer.base + 1 << 39, at: 0x50, .littleEndian)
        let load = SyntheticVmcore.Load(address: SyntheticRingbuffer.base, bytes: memory, memorySize: 1 << 40)
        let reading = try Reading(SyntheticVmcore(info: log.info, loads: [load]))
        guard case .value(what: "the number of descriptors without their ID", _, _) = reading.error else {
            Issue.record("\(String(describing: reading.error))")
            return
        }
        #expect(reading.output.isEmpty)
    }

    /// However they are spread over segments.
    @Test(arguments: [1, 2])
    func moreNotesThanAnyMachineHas(_ segments: Int) throws {
        var vmcore = Self.samples[0]
        let notes = Array(repeating: SyntheticVmcore.Note(name: "x", contents: []), count: Notes.maximumCount / segments)
        vmcore.notes = Array(repeating: notes, count: segments) + vmcore.notes
        guard case .tooLarge = try Reading(vmcore).error else {
            Issue.record("taken")
            return
        }
    }
}

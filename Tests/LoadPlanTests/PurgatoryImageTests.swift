import ELF
import PhysicalMemory
import Purgatory
import Testing

/// The images that the build embeds, and how they are told what to do.
struct PurgatoryImageTests {
    private static let images: [PurgatoryImage] = [.x86_64, .ppc64le, .aarch64, .riscv64]

    @Test func thereIsOneForEachMachine() {
        #expect(Self.images.map(\.machine) == Machine.all)
        for image in Self.images {
            #expect(image.entry.rawValue < UInt64(image.bytes.count))
            #expect(image.memorySize.rawValue >= UInt64(image.bytes.count) && image.memorySize.isAligned(to: .page))
        }
    }

    @Test func aValueIsWrittenAtItsPlaceAlone() {
        var image = PurgatoryImage.ppc64le
        let before = image.bytes
        image.set(PurgatoryPPC64LE.kernel, to: 0x1122_3344_5566_7788)
        let place = PurgatoryPPC64LE.kernel.offset..<PurgatoryPPC64LE.kernel.offset + 8
        #expect(Array(image.bytes[place]) == [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
        var restored = image.bytes
        restored.replaceSubrange(place, with: before[place])
        #expect(restored == before)
        #expect(before[place].allSatisfy { $0 == 0 })

        // Bytes 4 to 0xff of the image, where the new kernel has others.
        image.set(PurgatoryPPC64LE.kernelHead, to: InlineArray { UInt8($0) })
        #expect(Array(image.bytes[4..<256]) == Array(0..<252))
    }

    private static func record(segments count: UInt64) throws -> PurgatoryRecord {
        let roles = PurgatoryRecord.Role.allCases
        let checks = PurgatoryRecord.Check.allCases
        var segments: [PurgatoryRecord.Segment] = []
        for index in 0..<Int(count) {
            let start = PhysicalAddress(0x7000_0000 + UInt64(index) << 16)
            segments.append(
                PurgatoryRecord.Segment(
                    role: roles[index % roles.count], check: checks[(index + 1) % checks.count],
                    memory: try #require(PhysicalRange(start: start, size: .kibibytes(64))), loadedSize: ByteCount(0x1234 + index),
                    checksum: 0x1122_3344_5566_7788))
        }
        return PurgatoryRecord(
            isHotplug: true, entry: PhysicalAddress(0x7000_0010), isChecked: true, onMismatch: .reset,
            digest: InlineArray { UInt8($0 + 1) }, segments: segments)
    }

    private static let region = PhysicalRange(start: PhysicalAddress(0x7000_0000), end: PhysicalAddress(0x8000_0000))
    private static let start = PhysicalAddress(0x7f00_0000)

    /// The bytes of a record in an image of that machine.
    private static func written(_ record: PurgatoryRecord, _ image: PurgatoryImage) throws -> [UInt8] {
        var image = image
        try image.setRecord(record, imageAt: start)
        return Array(image.bytes[Int(image.recordOffset.rawValue)...].prefix(PurgatoryRecord.size))
    }

    @Test func aRecordIsReadAsItWasWritten() throws {
        for image in Self.images {
            for count: UInt64 in [0, 1, 15, 16] {
                let record = try Self.record(segments: count)
                let bytes = try Self.written(record, image)
                let place = try #require(Self.start.advanced(by: image.recordOffset))
                #expect(place.isAligned(to: ByteCount(PurgatoryRecord.alignment)))
                #expect(try PurgatoryRecord(bytes.span, at: place, of: image.machine, within: [#require(Self.region)]) == record)
            }
        }
    }

    /// Field by field, as struct purgatory_record has them.
    @Test func aRecordLiesAsPurgatoryReadsIt() throws {
        let bytes = try Self.written(try Self.record(segments: 2), .x86_64)
        #expect(bytes.count == 736)
        #expect(Array(bytes.prefix(16)) == Array("swkexec-image\r\n".utf8) + [0x1a])
        #expect(Array(bytes[16..<24]) == [1, 0, 0, 0, 0xe0, 2, 0, 0])
        #expect(Array(bytes[40..<64]) == [62, 0, 0, 0, 1, 0, 0, 0, 0x10, 0, 0, 0x70, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
        #expect(Array(bytes[64..<96]) == Array(1...32))
        #expect(
            Array(bytes[96..<136]) == [0, 0, 0, 0x70, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x34, 0x12, 0, 0, 0, 0, 0, 0]
                + [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 1, 0, 0, 0, 1, 0, 0, 0])
        #expect(bytes[136 + 32] == 2 && bytes[136 + 36] == 2)
        #expect(bytes[176...].allSatisfy { $0 == 0 })
    }

    /// Any byte of it, but for none of the magic number, which whoever looks for it has compared.
    @Test func everyChangedByteOfARecordIsFound() throws {
        let good = try Self.written(try Self.record(segments: 3), .ppc64le)
        let place = try #require(Self.start.advanced(by: PurgatoryImage.ppc64le.recordOffset))
        for index in PurgatoryRecord.magic.count..<good.count {
            var bytes = good
            bytes[index] ^= 0x40
            #expect(throws: PurgatoryRecordError.self, "byte \(index)") {
                try PurgatoryRecord(bytes.span, at: place, of: .ppc64le, within: [#require(Self.region)])
            }
        }
        for count in 0..<good.count {
            let bytes = Array(good.prefix(count))
            #expect(throws: PurgatoryRecordError.cutOff, "\(count) bytes") {
                try PurgatoryRecord(bytes.span, at: place, of: .ppc64le, within: [#require(Self.region)])
            }
        }
    }

    @Test func aRecordElsewhereIsACopy() throws {
        let bytes = try Self.written(try Self.record(segments: 1), .aarch64)
        let place = try #require(Self.start.advanced(by: PurgatoryImage.aarch64.recordOffset))
        #expect(throws: PurgatoryRecordError.copy(of: place)) {
            try PurgatoryRecord(bytes.span, at: PhysicalAddress(0x7100_0000), of: .aarch64, within: [#require(Self.region)])
        }
        #expect(throws: PurgatoryRecordError.machine(183)) {
            try PurgatoryRecord(bytes.span, at: place, of: .x86_64, within: [#require(Self.region)])
        }
    }

    /// With a checksum that fits, but segments that cannot be.
    @Test func segmentsOfARecordAreNotBelieved() throws {
        let place = try #require(Self.start.advanced(by: PurgatoryImage.x86_64.recordOffset))
        let region = try #require(Self.region)
        func read(_ change: (inout PurgatoryRecord) throws -> Void) throws -> PurgatoryRecord {
            var record = try Self.record(segments: 3)
            try change(&record)
            let bytes = try Self.written(record, .x86_64)
            return try PurgatoryRecord(bytes.span, at: place, of: .x86_64, within: [region])
        }
        _ = try read { _ in }
        #expect(throws: PurgatoryRecordError.segment(2, "at 0x8fff0000-0x8fffffff lies outside the crash kernel's memory")) {
            try read { $0.segments[2].memory = try #require(PhysicalRange(start: PhysicalAddress(0x8fff_0000), size: .kibibytes(64))) }
        }
        #expect(throws: PurgatoryRecordError.segment(2, "at 0x7001f000-0x7001ffff does not lie behind the one at 0x70010000-0x7001ffff")) {
            try read { $0.segments[2].memory = try #require(PhysicalRange(start: PhysicalAddress(0x7001_f000), size: .page)) }
        }
        #expect(throws: PurgatoryRecordError.segment(1, "has 65537 bytes of contents in 64 KiB of memory")) {
            try read { $0.segments[1].loadedSize = ByteCount(65537) }
        }
    }

    @Test func moreSegmentsThanItHasRoomFor() throws {
        var image = PurgatoryImage.x86_64
        try image.setRecord(try Self.record(segments: 16), imageAt: Self.start)
        let tooMany = try Self.record(segments: 17)
        #expect(throws: PurgatoryError.tooManySegments(17)) { try image.setRecord(tooMany, imageAt: Self.start) }
        let highest = PhysicalAddress(.max)
        #expect(throws: PurgatoryError.beyondAddresses(highest)) {
            try image.setRecord(try Self.record(segments: 1), imageAt: highest)
        }
    }
}

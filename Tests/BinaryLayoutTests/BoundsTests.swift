import BinaryLayout
import TestSupport
import Testing

/// Whatever the place, what does not lie within the bytes is an error.
@Suite struct BoundsTests {
    private static let places = [
        Int.min, Int.min + 1, -9, -8, -1, 0, 1, 7, 8, 9, 15, 16, 17, 1 << 32, Int.max - 8, Int.max - 1, Int.max,
    ]

    @Test(arguments: places, [0, 1, 8, 15, 16, 1 << 40])
    func readingAndWriting(base: Int, offset: Int) {
        let bytes = [UInt8](repeating: 0xa5, count: 16)
        let field = IntegerField<UInt64>("e_entry", at: offset)
        let start = base.addingReportingOverflow(offset)
        let isInside = !start.overflow && start.partialValue >= 0 && start.partialValue <= 8
        var copy = bytes
        if isInside {
            #expect(throws: Never.self) { _ = try bytes.span.read(field, in: base) }
            #expect(throws: Never.self) { try copy.write(0, to: field, in: base) }
            #expect(copy != bytes)
        } else {
            let error = TruncatedBytes(what: "e_entry", offset: base, needed: offset + 8, available: 16)
            #expect(throws: error) { _ = try bytes.span.read(field, in: base) }
            #expect(throws: error) { try copy.write(0, to: field, in: base) }
            #expect(copy == bytes)
        }
    }

    @Test(arguments: places, places)
    func copying(offset: Int, length: Int) throws {
        var generator = SeededGenerator(seed: 1)
        let bytes = generator.bytes(16)
        // In 128 bits nothing overflows.
        let isInside = offset >= 0 && length >= 0 && Int128(offset) + Int128(length) <= 16
        if isInside {
            #expect(try bytes.span.copy(from: offset, length: length, what: "it") == Array(bytes[offset..<offset + length]))
        } else {
            #expect(throws: TruncatedBytes(what: "it", offset: offset, needed: length, available: 16)) {
                try bytes.span.copy(from: offset, length: length, what: "it")
            }
        }
    }

    @Test(arguments: places, [0, 1, 8, 16, 17])
    func overwriting(offset: Int, count: Int) throws {
        var generator = SeededGenerator(seed: 2)
        let bytes = generator.bytes(16)
        let patch = generator.bytes(count)
        var written = bytes
        if offset >= 0 && Int128(offset) + Int128(count) <= 16 {
            try written.write(patch, at: offset, what: "it")
            #expect(written == bytes[..<offset] + patch + bytes[(offset + count)...])
        } else {
            #expect(throws: TruncatedBytes(what: "it", offset: offset, needed: count, available: 16)) {
                try written.write(patch, at: offset, what: "it")
            }
            #expect(written == bytes)
        }
    }

    @Test(arguments: places)
    func matching(offset: Int) {
        let bytes = Array("0123456789abcdef".utf8)
        for pattern in ["", "0", "f", "89", "ef", "efg", "0123456789abcdef", "0123456789abcdefg"] {
            // Foundation-free: compare prefixes of what is left.
            let rest = offset >= 0 && offset <= 16 ? Array(bytes[offset...]) : nil
            #expect(bytes.span.matches(Array(pattern.utf8), at: offset) == (rest?.starts(with: pattern.utf8) ?? false))
        }
    }

    @Test func theErrorNamesThePlace() {
        let error = TruncatedBytes(what: "e_phnum", offset: 0x38, needed: 2, available: 57)
        #expect(error.description == "e_phnum needs 2 bytes at byte 0x38, but there are only 57 bytes in all")
    }
}

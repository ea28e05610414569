import BinaryLayout
import TestSupport
import Testing

/// Reading and writing of integers, against sums of bytes times powers of 256.
@Suite struct IntegerTests {
    private static func naive(_ bytes: ArraySlice<UInt8>, _ order: ByteOrder) -> UInt64 {
        var value: UInt64 = 0
        for byte in order == .bigEndian ? Array(bytes) : bytes.reversed() { value = value &* 256 &+ UInt64(byte) }
        return value
    }

    private func roundTrip<Value: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ type: Value.Type, _ generator: inout SeededGenerator
    ) throws {
        let width = Value.bitWidth / 8
        for order in [ByteOrder.littleEndian, .bigEndian] {
            let bytes = generator.bytes(40)
            let base = Int.random(in: 0...16, using: &generator)
            let field = IntegerField<Value>("field", at: Int.random(in: 0...16, using: &generator))
            #expect(field.width == width)
            let place = base + field.offset..<base + field.offset + width
            let value = try bytes.span.read(field, in: base, order: order)
            #expect(UInt64(value) == Self.naive(bytes[place], order))

            var written = bytes
            let other = Value(truncatingIfNeeded: generator.next())
            try written.write(other, to: field, in: base, order: order)
            #expect(Self.naive(written[place], order) == UInt64(other))
            #expect(written[..<place.lowerBound] == bytes[..<place.lowerBound])
            #expect(written[place.upperBound...] == bytes[place.upperBound...])

            var appended = bytes
            appended.append(other, order: order)
            #expect(appended.count == bytes.count + width)
            #expect(Self.naive(appended[bytes.count...], order) == UInt64(other))
        }
    }

    @Test func everyWidthInBothOrders() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            try roundTrip(UInt8.self, &generator)
            try roundTrip(UInt16.self, &generator)
            try roundTrip(UInt32.self, &generator)
            try roundTrip(UInt64.self, &generator)
        }
    }

    @Test func littleEndianIsTheDefault() throws {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        #expect(try bytes.span.read(IntegerField<UInt32>("field", at: 2)) == 0x0605_0403)
    }
}

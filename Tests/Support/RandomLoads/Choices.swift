import TestSupport

/// Random decisions: of a seed, or of the bytes of a fuzzer, which so learns what decides what. Where those end, a seed made of
/// them goes on.
public struct Choices {
    private var bytes: ArraySlice<UInt8>
    private var generator: SeededGenerator

    public init(seed: UInt64) {
        bytes = []
        generator = SeededGenerator(seed: seed)
    }

    public init(bytes: [UInt8]) {
        self.bytes = bytes[...]
        // FNV-1a
        generator = SeededGenerator(seed: bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }

    /// Both ends belong to the range.
    public mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 {
        let width = range.upperBound - range.lowerBound
        return range.lowerBound + (width == .max ? word(8) : word(width < 256 ? 1 : width < 1 << 32 ? 4 : 8) % (width + 1))
    }

    private mutating func word(_ width: Int) -> UInt64 {
        guard !bytes.isEmpty else { return generator.next() }
        defer { bytes = bytes.dropFirst(width) }
        return bytes.prefix(width).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// True so many times of a hundred.
    public mutating func percent(_ share: UInt64) -> Bool { number(0...99) < share }

    public mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(number(0...UInt64(values.count - 1)))] }

    /// A size of any magnitude between the two, a multiple of `unit`, at least one.
    public mutating func size(_ range: ClosedRange<UInt64>, unit: UInt64 = 0x1000) -> UInt64 {
        let low = UInt64(63 - max(range.lowerBound, 1).leadingZeroBitCount)
        let high = UInt64(63 - range.upperBound.leadingZeroBitCount)
        let magnitude = number(low...high)
        let value = (1 << magnitude) + (percent(50) ? 0 : number(0...(1 << magnitude) - 1))
        return max(min(max(value, range.lowerBound), range.upperBound) / unit * unit, unit)
    }

    public mutating func bytes(_ count: Int) -> [UInt8] { generator.bytes(count) }
}

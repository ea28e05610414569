/// SplitMix64 with a fixed seed: a test that fails, fails again.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Bytes that no compressor makes smaller.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            var word = next()
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Bytes that any compressor makes smaller: runs of one value, and random ones between them.
    public mutating func compressibleBytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 512)
        while bytes.count < count {
            bytes += repeatElement(UInt8(truncatingIfNeeded: next()), count: Int.random(in: 1...400, using: &self))
            bytes += self.bytes(Int.random(in: 0...40, using: &self))
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Numbers as those use who mean ill: zero, one, the ends of every width and their neighbours,
    /// powers of two, and random ones of every magnitude.
    public mutating func hostileNumber() -> UInt64 {
        switch Int.random(in: 0..<5, using: &self) {
        case 0: [0, 1, 2, .max, .max - 1][Int.random(in: 0..<5, using: &self)]
        case 1: (1 << UInt64.random(in: 0..<64, using: &self)) &- UInt64.random(in: 0...1, using: &self)
        case 2: (1 << UInt64.random(in: 0..<64, using: &self)) &+ UInt64.random(in: 0...1, using: &self)
        case 3: next() >> UInt64.random(in: 0..<64, using: &self)
        default: UInt64.random(in: 0..<8192, using: &self)
        }
    }
}

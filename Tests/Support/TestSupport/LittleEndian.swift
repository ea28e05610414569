/// Naive reading and writing of little-endian integers, for tests to compare with.
extension [UInt8] {
    public func littleEndian(at offset: Int, width: Int) -> UInt64 {
        var value: UInt64 = 0
        var weight: UInt64 = 1
        for i in 0..<width {
            value += UInt64(self[offset + i]) * weight
            if i + 1 < width { weight *= 256 }
        }
        return value
    }

    public mutating func putLittleEndian(_ value: UInt64, at offset: Int, width: Int) {
        for i in 0..<width { self[offset + i] = UInt8(value / (1 << UInt64(8 * i)) % 256) }
    }

    /// The integer of a field that a C header has laid out.
    public func littleEndian(_ field: CField, in base: Int = 0) -> UInt64 {
        littleEndian(at: base + field.offset, width: field.size)
    }

    public mutating func putLittleEndian(_ value: UInt64, _ field: CField, in base: Int = 0) {
        putLittleEndian(value, at: base + field.offset, width: field.size)
    }

    /// Every place where `pattern` begins.
    public func places(of pattern: [UInt8]) -> [Int] {
        guard let first = pattern.first, count >= pattern.count else { return [] }
        return (0...count - pattern.count).filter { self[$0] == first && self[$0..<$0 + pattern.count].elementsEqual(pattern) }
    }
}

/// Where two arrays differ first; nil when they do not. For arrays of which a test would otherwise
/// print, and compare for hours, every byte.
public func firstDifference(_ a: [UInt8], _ b: [UInt8]) -> Int? {
    if a == b { return nil }
    return zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(a.count, b.count)
}

import CPurgatoryCommon

/// Bytes at a fixed address, which purgatory's code takes for physical memory. Safe,
/// since the buffer lives as long as the object and debug builds check its bounds.
@safe final class Memory {
    private let buffer: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        unsafe buffer = .allocate(capacity: max(1, bytes.count))
        unsafe buffer.initialize(repeating: 0)
        for (index, byte) in bytes.enumerated() { unsafe buffer[index] = byte }
    }

    deinit { unsafe buffer.deallocate() }

    var address: UInt64 { unsafe UInt64(UInt(bitPattern: buffer.baseAddress)) }

    subscript(index: Int) -> UInt8 {
        get { unsafe buffer[index] }
        set { unsafe buffer[index] = newValue }
    }
}

extension Array where Element == UInt8 {
    /// Writes a field of `size` bytes, in little-endian order.
    mutating func store(_ value: UInt64, at offset: Int, size: Int) {
        for index in 0..<size {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
        }
    }
}

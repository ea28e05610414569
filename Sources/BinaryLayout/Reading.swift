extension Span<UInt8> {
    /// The integer of `field` in the structure that begins at `base`.
    @inlinable public func read<Value>(
        _ field: IntegerField<Value>, in base: Int = 0, order: ByteOrder = .littleEndian
    ) throws(TruncatedBytes) -> Value {
        let width = Value.bitWidth / 8
        let (start, overflow) = base.addingReportingOverflow(field.offset)
        guard !overflow, start >= 0, start <= count, count - start >= width else {
            throw TruncatedBytes(what: "\(field.name)", offset: base, needed: field.offset + width, available: count)
        }
        var value: Value = 0
        for i in 0..<width {
            let byte = self[order == .bigEndian ? start + i : start + width - 1 - i]
            value = value << 8 | Value(truncatingIfNeeded: byte)
        }
        return value
    }

    /// A copy of `length` bytes from `offset`.
    public func copy(from offset: Int, length: Int, what: String) throws(TruncatedBytes) -> [UInt8] {
        guard offset >= 0, length >= 0, offset <= count, count - offset >= length else {
            throw TruncatedBytes(what: what, offset: offset, needed: length, available: count)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        for i in offset..<offset + length { bytes.append(self[i]) }
        return bytes
    }

    /// Whether the bytes at `offset` are `pattern`; false, too, where the bytes end before it does.
    public func matches(_ pattern: [UInt8], at offset: Int = 0) -> Bool {
        guard offset >= 0, offset <= count, count - offset >= pattern.count else { return false }
        for i in pattern.indices where self[offset + i] != pattern[i] { return false }
        return true
    }
}

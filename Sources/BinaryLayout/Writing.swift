extension [UInt8] {
    /// Writes `value` into `field` of the structure that begins at `base`.
    @inlinable public mutating func write<Value>(
        _ value: Value, to field: IntegerField<Value>, in base: Int = 0, order: ByteOrder = .littleEndian
    ) throws(TruncatedBytes) {
        let width = Value.bitWidth / 8
        let (start, overflow) = base.addingReportingOverflow(field.offset)
        guard !overflow, start >= 0, start <= count, count - start >= width else {
            throw TruncatedBytes(what: "\(field.name)", offset: base, needed: field.offset + width, available: count)
        }
        var rest = value
        for i in 0..<width {
            self[order == .littleEndian ? start + i : start + width - 1 - i] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
    }

    /// Overwrites the bytes from `offset` on by `bytes`.
    public mutating func write(_ bytes: [UInt8], at offset: Int, what: String) throws(TruncatedBytes) {
        guard offset >= 0, offset <= count, count - offset >= bytes.count else {
            throw TruncatedBytes(what: what, offset: offset, needed: bytes.count, available: count)
        }
        replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    /// Appends the bytes of an integer.
    @inlinable public mutating func append<Value: FixedWidthInteger & UnsignedInteger>(
        _ value: Value, order: ByteOrder = .littleEndian
    ) {
        let width = Value.bitWidth / 8
        for i in 0..<width {
            let shift = 8 * (order == .littleEndian ? i : width - 1 - i)
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

/// Numbers and lines as the kernel prints them in /proc and /sys.
extension ArraySlice<UInt8> {
    /// Without the blanks and line ends at both ends.
    package var trimmed: ArraySlice<UInt8> {
        var slice = self
        while let byte = slice.first, byte <= 0x20 { slice.removeFirst() }
        while let byte = slice.last, byte <= 0x20 { slice.removeLast() }
        return slice
    }

    /// An unsigned number of the given radix (10 or 16), `0x` allowed before hexadecimal ones.
    /// Nil for anything else, a number beyond 64 bits included.
    package func number(radix: UInt64) -> UInt64? {
        var digits = self
        if radix == 16, digits.starts(with: [0x30, 0x78]) { digits = digits.dropFirst(2) }
        guard !digits.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            let digit: UInt64
            switch byte {
            case 0x30...0x39: digit = UInt64(byte - 0x30)
            case 0x61...0x66 where radix == 16: digit = UInt64(byte - 0x61 + 10)
            case 0x41...0x46 where radix == 16: digit = UInt64(byte - 0x41 + 10)
            default: return nil
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: radix)
            let (sum, carry) = product.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// As text; what is no UTF-8 becomes U+FFFD.
    package var text: String { String(decoding: self, as: UTF8.self) }
}

extension [UInt8] {
    /// The same for a whole file.
    package var trimmed: ArraySlice<UInt8> { self[...].trimmed }

    /// The lines, without their ends, and without an empty one after the last end.
    package var lines: [ArraySlice<UInt8>] {
        var lines = split(separator: 0x0a, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

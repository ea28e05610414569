extension ByteCount {
    /// A number, decimal or after 0x hexadecimal, with an optional unit K, M, G or T, as the
    /// kernel's memparse() reads it. Nil for anything else, and for more than 64 bits hold.
    public init?(parsing text: some StringProtocol) {
        let shifts: [Character: UInt64] = ["k": 10, "m": 20, "g": 30, "t": 40]
        var digits = text[...]
        var shift: UInt64 = 0
        if let unit = text.last?.lowercased().first, let known = shifts[unit] {
            shift = known
            digits = text.dropLast()
        }
        let isHexadecimal = digits.hasPrefix("0x")
        if isHexadecimal { digits = digits.dropFirst(2) }
        // UInt64's own conversion takes a sign, too.
        guard let first = digits.first, first != "+", first != "-", let value = UInt64(digits, radix: isHexadecimal ? 16 : 10) else {
            return nil
        }
        let (product, overflow) = value.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { return nil }
        self.init(product)
    }
}

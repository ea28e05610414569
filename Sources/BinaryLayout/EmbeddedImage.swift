extension [UInt8] {
    /// The bytes of an image that the build wrote into a source file (Sources/purgatory-embed/SwiftSource.swift): two digits a byte,
    /// 0 to 9 and a to f, and nothing else.
    public init(embedded digits: String) {
        self.init()
        reserveCapacity(digits.utf8.count / 2)
        var high: UInt8?
        for digit in digits.utf8 {
            let value = digit <= UInt8(ascii: "9") ? digit &- UInt8(ascii: "0") : digit &- UInt8(ascii: "a") &+ 10
            if let upper = high { append(upper << 4 | value & 15) }
            high = high == nil ? value : nil
        }
    }
}

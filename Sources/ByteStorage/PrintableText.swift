extension StringProtocol {
    /// As it can stand in one line on a terminal, whatever file it came from: control characters, line ends among them,
    /// are written out, `\u{1b}`.
    public var printable: String {
        // Nearly every text is so already.
        guard unicodeScalars.contains(where: \.isControl) else { return String(self) }
        var result = ""
        for scalar in unicodeScalars {
            if scalar.isControl {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || 0x7f...0x9f ~= value }
}

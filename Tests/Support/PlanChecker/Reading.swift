/// Numbers at a place in bytes; nil where the bytes end before them.
extension [UInt8] {
    func little(_ offset: Int, _ width: Int) -> UInt64? {
        guard offset >= 0, offset <= count - width else { return nil }
        var value: UInt64 = 0
        for index in stride(from: width - 1, through: 0, by: -1) { value = value << 8 | UInt64(self[offset + index]) }
        return value
    }

    func big(_ offset: Int, _ width: Int) -> UInt64? {
        guard offset >= 0, offset <= count - width else { return nil }
        var value: UInt64 = 0
        for index in 0..<width { value = value << 8 | UInt64(self[offset + index]) }
        return value
    }

    func starts(at offset: Int, with others: [UInt8]) -> Bool {
        offset >= 0 && offset <= count - others.count && self[offset..<offset + others.count].elementsEqual(others)
    }

    /// Whether these bytes are somewhere in it.
    func has(_ others: [UInt8]) -> Bool {
        guard let first = others.first, count >= others.count else { return false }
        var from = 0
        while let place = self[from...].firstIndex(of: first), place <= count - others.count {
            if starts(at: place, with: others) { return true }
            from = place + 1
        }
        return false
    }
}

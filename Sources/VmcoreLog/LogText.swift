/// Collects the log as text and hands it on in large chunks.
struct LogText {
    private static let chunk = 256 << 10
    private static let nanosecondsPerSecond: UInt64 = 1_000_000_000

    private let sink: ([UInt8]) throws(VmcoreError) -> Void
    private var buffer: [UInt8] = []

    /// How many bytes the character of UTF-8 that was begun still needs, and the lowest value that the next may have.
    private var missing = 0
    private var lowest: UInt8 = 0x80

    init(sink: @escaping ([UInt8]) throws(VmcoreError) -> Void) {
        self.sink = sink
        buffer.reserveCapacity(Self.chunk * 2)
    }

    /// `[    1.234567] `: seconds in five places at least, and microseconds.
    mutating func appendTime(nanoseconds: UInt64) {
        let seconds = String(nanoseconds / Self.nanosecondsPerSecond)
        let microseconds = String(nanoseconds % Self.nanosecondsPerSecond / 1000)
        buffer.append(0x5b)
        buffer.append(contentsOf: repeatElement(0x20, count: max(0, 5 - seconds.utf8.count)))
        buffer.append(contentsOf: seconds.utf8)
        buffer.append(0x2e)
        buffer.append(contentsOf: repeatElement(0x30, count: 6 - microseconds.utf8.count))
        buffer.append(contentsOf: microseconds.utf8)
        buffer.append(0x5d)
        buffer.append(0x20)
    }

    /// The text of the log, byte for byte, but for what a terminal would obey: a control character other than white space becomes
    /// `\x1b`, the way kexec-tools prints it, and so do those from U+0080 to U+009F, in UTF-8 or as a byte outside of any
    /// character. Other bytes from 0x80 on stay as they are, whatever encoding they are of.
    mutating func append(_ bytes: borrowing Span<UInt8>) {
        for i in 0..<bytes.count { append(bytes[i]) }
    }

    private mutating func append(_ byte: UInt8) {
        let isContinuation = missing > 0 && lowest...0xbf ~= byte
        if isContinuation, missing == 1, buffer.last == 0xc2, byte < 0xa0 {
            buffer.removeLast()
            appendEscaped(0xc2)
            appendEscaped(byte)
        } else if isContinuation || Self.isHarmless(byte) {
            buffer.append(byte)
        } else {
            appendEscaped(byte)
        }
        lowest = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80
        missing =
            switch byte {
            case _ where isContinuation: missing - 1
            case 0xc2...0xdf: 1
            case 0xe0...0xef: 2
            case 0xf0...0xf4: 3
            default: 0
            }
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09...0x0d, 0x20...0x7e, 0xa0...0xff: true
        default: false
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        buffer.append(0x5c)
        buffer.append(0x78)
        buffer.append(Self.hexDigit(byte >> 4))
        buffer.append(Self.hexDigit(byte & 15))
    }

    mutating func endLine() throws(VmcoreError) {
        buffer.append(0x0a)
        try flushIfFull()
    }

    mutating func flushIfFull() throws(VmcoreError) {
        if buffer.count >= Self.chunk { try flush() }
    }

    mutating func flush() throws(VmcoreError) {
        guard !buffer.isEmpty else { return }
        try sink(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}

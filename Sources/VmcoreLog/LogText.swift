/// Collects the log as text and hands it on in large chunks.
struct LogText {
    private static let chunk = 256 << 10
    private static let nanosecondsPerSecond: UInt64 = 1_000_000_000

    private let sink: ([UInt8]) throws(VmcoreError) -> Void
    private var buffer: [UInt8] = []

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

    /// The text of the log, byte for byte, but for what a terminal would obey: a control character
    /// other than white space becomes `\x1b`, the way kexec-tools prints it. Bytes from 0x80 on
    /// stay as they are, whatever encoding they are of.
    mutating func append(_ bytes: borrowing Span<UInt8>) {
        for i in 0..<bytes.count {
            let byte = bytes[i]
            if byte >= 0x20 && byte != 0x7f || byte >= 0x09 && byte <= 0x0d {
                buffer.append(byte)
            } else {
                buffer.append(0x5c)
                buffer.append(0x78)
                buffer.append(Self.hexDigit(byte >> 4))
                buffer.append(Self.hexDigit(byte & 15))
            }
        }
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

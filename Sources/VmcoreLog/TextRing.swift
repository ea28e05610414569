/// The log of kernels before 3.5: the characters themselves, `<6>[    0.000000] text` and line
/// ends, in a ring of log_buf_len bytes.
struct TextRing {
    let memory: VirtualMemory
    /// Where log_buf points to.
    let base: UInt64
    /// In bytes, a power of two.
    let size: UInt32
    /// How many characters were ever written, modulo 2^32.
    let end: UInt32

    init(_ info: VMCOREINFO, _ memory: VirtualMemory) throws(VmcoreError) {
        self.memory = memory
        base = try memory.integer("log_buf", at: try info.requiredAddress(of: "log_buf"))
        size = try memory.integer("log_buf_len", at: try info.requiredAddress(of: "log_buf_len"))
        end = try memory.integer("log_end", at: try info.requiredAddress(of: "log_end"))
        guard size > 0, size & (size - 1) == 0 else {
            throw .value(what: "log_buf_len", UInt64(size), allowed: "it must be a power of two")
        }
    }

    /// The last characters written, as many as the ring holds; those that were read and cleared
    /// (logged_chars counts the others) are still there and belong to the log.
    func write(to text: inout LogText) throws(VmcoreError) {
        var window = try MemoryWindow(memory, what: "log_buf", base: base, size: UInt64(size))
        var position = end &- min(end, size)
        while position != end {
            let index = position & (size - 1)
            let length = Int(min(end &- position, size - index, 64 << 10))
            let place = try window.load(UInt64(index), length)
            text.append(window.bytes.span.extracting(place..<place + length))
            try text.flushIfFull()
            position &+= UInt32(length)
        }
    }
}

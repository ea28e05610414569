import BinaryLayout

/// The log of kernels 3.5 to 5.9: records of a header (struct printk_log, before 3.11 struct log),
/// a text, a dictionary and padding, one after the other in a ring of log_buf_len bytes. A header
/// with the length 0 says that the next record is at the ring's start.
struct RecordRing {
    private let memory: VirtualMemory
    /// Where log_buf points to.
    private let base: UInt64
    /// In bytes.
    private let size: UInt32
    /// The indices of the oldest record, and of the byte after the newest.
    private let first, next: UInt32

    private let header: KernelStructure
    private let time: IntegerField<UInt64>
    private let length, textLength, dictionaryLength: IntegerField<UInt16>

    init(_ info: VMCOREINFO, _ memory: VirtualMemory) throws(VmcoreError) {
        self.memory = memory
        base = try memory.integer("log_buf", at: try info.requiredAddress(of: "log_buf"))
        size = try memory.integer("log_buf_len", at: try info.requiredAddress(of: "log_buf_len"))
        first = try memory.integer("log_first_idx", at: try info.requiredAddress(of: "log_first_idx"))
        next = try memory.integer("log_next_idx", at: try info.requiredAddress(of: "log_next_idx"))
        header = try info.structure(info.hasStructure("log") ? "log" : "printk_log")
        time = try header.field("ts_nsec")
        length = try header.field("len")
        textLength = try header.field("text_len")
        dictionaryLength = try header.field("dict_len")
        guard first <= size else { throw .value(what: "log_first_idx", UInt64(first), allowed: "log_buf_len is \(size)") }
        guard next <= size else { throw .value(what: "log_next_idx", UInt64(next), allowed: "log_buf_len is \(size)") }
    }

    /// From the oldest record to the newest. The index only grows, but for one return to the start
    /// where the newest lies before the oldest, so this ends whatever the lengths say.
    func write(to text: inout LogText) throws(VmcoreError) {
        var window = try MemoryWindow(memory, what: "log_buf", base: base, size: UInt64(size))
        var index = UInt64(first)
        var mayReturn = first > next
        while index != UInt64(next) {
            let end = mayReturn ? UInt64(size) : UInt64(next)
            guard index < end, end - index >= UInt64(header.size) else {
                throw .brokenRecord(
                    index: index, "its header of \(header.size) bytes does not end before index 0x\(String(end, radix: 16))")
            }
            var place = try window.load(index, header.size)
            let whole = UInt64(try window.integer(length, at: place))
            if whole == 0, mayReturn {
                mayReturn = false
                index = 0
                continue
            }
            let nanoseconds = try window.integer(time, at: place)
            let textSize = Int(try window.integer(textLength, at: place))
            let needed = header.size + textSize + Int(try window.integer(dictionaryLength, at: place))
            guard whole >= UInt64(needed), whole <= end - index else {
                throw .brokenRecord(
                    index: index, "its length is \(whole), allowed are \(needed) for its parts to \(end - index) for what is left")
            }
            place = try window.load(index, header.size + textSize) + header.size
            text.appendTime(nanoseconds: nanoseconds)
            text.append(window.bytes.span.extracting(place..<place + textSize))
            try text.endLine()
            index += whole
        }
    }
}

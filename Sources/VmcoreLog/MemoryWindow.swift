import BinaryLayout

/// An array of the crashed kernel, read a stretch at a time. What is read in the array's order
/// costs a system call each 256 KiB, and no more memory than that.
struct MemoryWindow {
    private static let stretch = 256 << 10

    private let memory: VirtualMemory
    /// What it is, for messages.
    private let what: String
    /// Where the array begins in virtual memory.
    private let base: UInt64
    /// Of the array, in bytes.
    let size: UInt64

    /// The bytes at hand.
    private(set) var bytes: [UInt8] = []
    /// Where in the array they begin.
    private var start: UInt64 = 0
    /// How many of them are valid.
    private var count = 0

    init(_ memory: VirtualMemory, what: String, base: UInt64, size: UInt64) throws(VmcoreError) {
        guard !base.addingReportingOverflow(size).overflow else { throw .unmapped(what: what, address: base) }
        self.memory = memory
        self.what = what
        self.base = base
        self.size = size
    }

    /// Brings `length` bytes from `offset` of the array to hand, and gives where in `bytes` they
    /// are. Neither may lie beyond the array.
    mutating func load(_ offset: UInt64, _ length: Int) throws(VmcoreError) -> Int {
        guard offset <= size, UInt64(length) <= size - offset else {
            throw .value(what: "an offset into \(what)", offset, allowed: "it has only \(size) bytes")
        }
        if offset >= start, offset - start <= UInt64(count), UInt64(count) - (offset - start) >= UInt64(length) {
            return Int(offset - start)
        }
        let wanted = max(length, Int(min(UInt64(Self.stretch), size - offset)))
        if bytes.count != wanted { bytes = [UInt8](repeating: 0, count: wanted) }
        count = 0
        count = try memory.read(base + offset, into: &bytes, needed: length, what: what)
        start = offset
        return 0
    }

    /// An integer of the structure that begins `place` bytes into what is at hand.
    func integer<Value>(_ field: IntegerField<Value>, at place: Int) throws(VmcoreError) -> Value {
        try memory.integer(field, of: bytes, in: place)
    }
}

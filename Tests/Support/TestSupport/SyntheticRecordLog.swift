import BinaryLayout

/// The log of a kernel 3.5 to 5.9, by its records.
public struct SyntheticRecordLog: Sendable {
    public struct Record: Sendable {
        public var time: UInt64
        public var text: [UInt8]
        public var dictionary: [UInt8] = []
        /// Nil for what the parts need.
        public var length: UInt16?

        public init(_ time: UInt64, _ text: String, dictionary: String = "", length: UInt16? = nil) {
            self.time = time
            self.text = Array(text.utf8)
            self.dictionary = Array(dictionary.utf8)
            self.length = length
        }
    }

    public static let base: UInt64 = 0xffff_ffff_8220_0000

    public var order = ByteOrder.littleEndian
    public var size: UInt32 = 512
    /// The index of the oldest record.
    public var first: UInt32 = 0
    public var records: [Record] = []
    /// Nil for where the records end.
    public var next: UInt32?
    /// Before kernel 3.11 it was struct log.
    public var structure = "printk_log"
    private let header = 16
    private let bufferAt = 0x100

    public init(order: ByteOrder = .littleEndian, size: UInt32 = 512, first: UInt32 = 0, structure: String = "printk_log") {
        self.order = order
        self.size = size
        self.first = first
        self.structure = structure
    }

    public var vmcore: SyntheticVmcore {
        SyntheticVmcore(order: order, info: info, loads: [.init(address: Self.base, bytes: memory)])
    }

    public var memory: [UInt8] {
        var memory = [UInt8](repeating: 0, count: bufferAt + Int(size))
        var index = Int(first)
        for record in records {
            let needed = (header + record.text.count + record.dictionary.count + 3) / 4 * 4
            // Room for a header that says "go on at the start" always stays.
            if index + needed + header > Int(size) {
                memory.put([UInt8](repeating: 0, count: min(header, Int(size) - index)), at: bufferAt + index)
                index = 0
            }
            let at = bufferAt + index
            memory.put(record.time, at: at, order)
            memory.put(record.length ?? UInt16(needed), at: at + 8, order)
            memory.put(UInt16(record.text.count), at: at + 10, order)
            memory.put(UInt16(record.dictionary.count), at: at + 12, order)
            memory.put(record.text + record.dictionary, at: at + header)
            index += needed
        }
        memory.put(Self.base + UInt64(bufferAt), at: 0, order)
        memory.put(size, at: 8, order)
        memory.put(first, at: 12, order)
        memory.put(next ?? UInt32(index), at: 16, order)
        return memory
    }

    public var info: [String] {
        let symbols = ["log_buf": 0, "log_buf_len": 8, "log_first_idx": 12, "log_next_idx": 16] as KeyValuePairs<String, UInt64>
        let offsets = ["ts_nsec": 0, "len": 8, "text_len": 10, "dict_len": 12] as KeyValuePairs<String, Int>
        return ["OSRELEASE=4.19.0-test"] + symbols.map { "SYMBOL(\($0))=\(String(Self.base + $1, radix: 16))" }
            + ["SIZE(\(structure))=\(header)"] + offsets.map { "OFFSET(\(structure).\($0))=\($1)" }
    }
}

/// The log of a kernel before 3.5: characters.
public struct SyntheticTextLog: Sendable {
    public var order = ByteOrder.littleEndian
    public var size: UInt32 = 256
    /// How many characters were written before `text`.
    public var before: UInt32 = 0
    public var text: [UInt8]

    public init(order: ByteOrder = .littleEndian, size: UInt32 = 256, before: UInt32 = 0, text: [UInt8]) {
        self.order = order
        self.size = size
        self.before = before
        self.text = text
    }

    public var vmcore: SyntheticVmcore {
        let base = SyntheticRecordLog.base
        var memory = [UInt8](repeating: 0x2e, count: 0x100 + Int(size))
        memory.put(base + 0x100, at: 0, order)
        memory.put(size, at: 8, order)
        memory.put(before &+ UInt32(text.count), at: 12, order)
        for (number, byte) in text.enumerated() {
            memory[0x100 + Int((before &+ UInt32(number)) % size)] = byte
        }
        let symbols = ["log_buf": 0, "log_buf_len": 8, "log_end": 12] as KeyValuePairs<String, UInt64>
        return SyntheticVmcore(
            order: order, info: ["OSRELEASE=2.6.32"] + symbols.map { "SYMBOL(\($0))=\(String(base + $1, radix: 16))" },
            loads: [.init(address: base, bytes: memory)])
    }
}

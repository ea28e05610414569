import BinaryLayout

/// The log of a kernel 5.10 or newer, by its records.
public struct SyntheticRingbuffer: Sendable {
    public struct Record: Sendable {
        public enum State: UInt64, Sendable {
            case reserved, committed, finalized, reusable
        }
        public var time: UInt64 = 0
        public var text: [UInt8]
        public var state = State.finalized
        /// Nil for the text's.
        public var length: UInt16?
        /// Nil for where the text was put.
        public var positions: (begin: UInt64, next: UInt64)?
        /// Nil for the one that belongs there.
        public var id: UInt64?

        public init(_ time: UInt64, _ text: String) {
            self.time = time
            self.text = Array(text.utf8)
        }
    }

    public static let base: UInt64 = 0xffff_8880_0123_4000

    public var order = ByteOrder.littleEndian
    public var countBits: UInt32 = 3
    public var sizeBits: UInt32 = 8
    /// Of the oldest record. A kernel begins with the last ID before 0.
    public var tailID: UInt64 = 0
    /// The logical position of the first text.
    public var position: UInt64 = 0
    /// The sequence number of the oldest record.
    public var sequence: UInt64 = 0
    /// Bytes put before the members of every structure, which a reader must learn from VMCOREINFO.
    public var shift = 0
    public var records: [Record] = []
    /// Nil for the newest record's.
    public var headID: UInt64?
    /// Lines of VMCOREINFO to take in place of those with the same key; a value of nil drops it.
    public var changes: [String: String?] = [:]

    public init(sizeBits: UInt32 = 8, shift: Int = 0) {
        self.sizeBits = sizeBits
        self.shift = shift
    }

    private static let idMask: UInt64 = UInt64.max >> 2

    public var vmcore: SyntheticVmcore {
        SyntheticVmcore(order: order, info: info, loads: [.init(address: Self.base, bytes: memory)])
    }

    // Places in the memory, and sizes and offsets of a layout that is no kernel's.
    private var ringSize: Int { 88 + shift }
    private var descSize: Int { 24 + shift }
    private var infoSize: Int { 40 + shift }
    private let ringAt = 0x40
    private var descsAt: Int { 0x100 + shift }
    private var infosAt: Int { descsAt + descSize << Int(countBits) }
    private var textsAt: Int { infosAt + infoSize << Int(countBits) }

    public var memory: [UInt8] {
        var memory = [UInt8](repeating: 0, count: textsAt + 1 << Int(sizeBits))
        memory.put(Self.base + UInt64(ringAt), at: 0, order)
        let ring = ringAt + shift
        memory.put(countBits, at: ring, order)
        memory.put(Self.base + UInt64(descsAt), at: ring + 8, order)
        memory.put(Self.base + UInt64(infosAt), at: ring + 16, order)
        memory.put(headID ?? (tailID &+ UInt64(max(1, records.count)) &- 1) & Self.idMask, at: ring + 24, order)
        memory.put(tailID, at: ring + 32, order)
        memory.put(sizeBits, at: ring + 56, order)
        memory.put(Self.base + UInt64(textsAt), at: ring + 64, order)
        if records.isEmpty { memory.put(3 << 62 | tailID, at: descsAt + shift + descSize * index(of: tailID), order) }

        var next = position
        for (number, record) in records.enumerated() {
            let id = (tailID &+ UInt64(number)) & Self.idMask
            let (begin, end, place) = block(record.text.count, at: next)
            next = end
            memory.put(id, at: textsAt + place, order)
            memory.put(record.text, at: textsAt + place + 8)
            let desc = descsAt + shift + descSize * index(of: id)
            memory.put(record.state.rawValue << 62 | (record.id ?? id), at: desc, order)
            memory.put(record.positions?.begin ?? begin, at: desc + 8, order)
            memory.put(record.positions?.next ?? end, at: desc + 16, order)
            let info = infosAt + shift + infoSize * index(of: id)
            memory.put(sequence + UInt64(number), at: info, order)
            memory.put(record.time, at: info + 8, order)
            memory.put(record.length ?? UInt16(record.text.count), at: info + 16, order)
        }
        return memory
    }

    private func index(of id: UInt64) -> Int { Int(id % (1 << UInt64(countBits))) }

    /// The block for a text: its logical positions, and where in the ring it begins.
    private func block(_ length: Int, at position: UInt64) -> (begin: UInt64, next: UInt64, place: Int) {
        let ring: UInt64 = 1 << UInt64(sizeBits)
        let size = UInt64((8 + length + 7) / 8 * 8)
        let rest = ring - position % ring
        guard size > rest else { return (position, position &+ size, Int(position % ring)) }
        return (position, position &+ rest &+ size, 0)
    }

    public var info: [String] {
        func structure(_ name: String, _ size: Int, _ members: KeyValuePairs<String, Int>) -> [(String, String)] {
            [("SIZE(\(name))", "\(size)")] + members.map { ("OFFSET(\(name).\($0))", "\($1)") }
        }
        var lines = [("OSRELEASE", "6.12.0-test"), ("PAGESIZE", "4096"), ("SYMBOL(prb)", String(Self.base, radix: 16))]
        lines += structure("printk_ringbuffer", ringSize, ["desc_ring": shift, "text_data_ring": 56 + shift])
        lines += structure("prb_desc_ring", 48, ["count_bits": 0, "descs": 8, "infos": 16, "head_id": 24, "tail_id": 32])
        lines += structure("prb_desc", descSize, ["state_var": shift, "text_blk_lpos": 8 + shift])
        lines += structure("prb_data_blk_lpos", 16, ["begin": 0, "next": 8])
        lines += structure("printk_info", infoSize, ["seq": shift, "ts_nsec": 8 + shift, "text_len": 16 + shift])
        lines += structure("prb_data_ring", 32, ["size_bits": 0, "data": 8])
        lines += structure("atomic_long_t", 8, ["counter": 0])
        return lines.compactMap { key, value in
            guard let change = changes[key] else { return "\(key)=\(value)" }
            return change.map { "\(key)=\($0)" }
        }
    }
}

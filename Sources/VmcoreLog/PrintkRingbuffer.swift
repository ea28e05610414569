import BinaryLayout

/// The log of kernels from 5.10 on (struct printk_ringbuffer; the comment at the head of
/// kernel/printk/printk_ringbuffer.c describes it): a ring of descriptors, an array of struct
/// printk_info beside it, and a ring of text blocks that descriptors point to by logical positions.
struct PrintkRingbuffer {
    /// LOG_BUF_LEN_MAX of kernel/printk/printk.c is 2^31 bytes.
    static let maximumSizeBits: UInt32 = 31
    /// A descriptor for every 2^5 bytes of text (PRB_AVGBITS).
    static let maximumCountBits: UInt32 = maximumSizeBits - 5
    /// A descriptor in use lacks its ID only between desc_reserve() taking it and writing that: once for each of 8192
    /// CPUs (NR_CPUS_RANGE_END of x86), and on each in a task, a softirq, an interrupt and an NMI.
    static let maximumWithoutID = 8192 * 4

    /// The two highest bits of a descriptor's state_var; the others are its ID.
    private enum State: UInt64 {
        case reserved = 0  // its writer is not done
        case committed = 1  // done, but the writer may still extend it
        case finalized = 2
        case reusable = 3  // not in use
    }
    private static let stateShift: UInt64 = 62
    private static let idMask: UInt64 = (1 << stateShift) - 1

    private let memory: VirtualMemory
    private let descriptorCount: UInt64
    private let descriptors, infos: UInt64
    private let headID, tailID: UInt64
    private let textSizeBits: UInt64
    private let texts: UInt64

    private let descriptor, info: KernelStructure
    private let state, begin, next: IntegerField<UInt64>
    private let time, sequence: IntegerField<UInt64>
    private let textLength: IntegerField<UInt16>

    init(_ layouts: VMCOREINFO, _ memory: VirtualMemory) throws(VmcoreError) {
        self.memory = memory
        let ring = try layouts.structure("printk_ringbuffer")
        let descriptorRing = try layouts.structure("prb_desc_ring")
        let dataRing = try layouts.structure("prb_data_ring")
        let position = try layouts.structure("prb_data_blk_lpos")
        let long = try layouts.structure("atomic_long_t")
        guard long.size == 8 else {
            throw .value(what: "SIZE(atomic_long_t)", UInt64(long.size), allowed: "only 64-bit kernels, where it is 8, are read")
        }
        let counter: IntegerField<UInt64> = try long.field("counter")

        descriptor = try layouts.structure("prb_desc")
        state = try descriptor.field("state_var", long, "counter")
        begin = try descriptor.field("text_blk_lpos", position, "begin")
        next = try descriptor.field("text_blk_lpos", position, "next")
        info = try layouts.structure("printk_info")
        time = try info.field("ts_nsec")
        sequence = try info.field("seq")
        textLength = try info.field("text_len")

        let countBits: IntegerField<UInt32> = try ring.field("desc_ring", descriptorRing, "count_bits")
        let descs: IntegerField<UInt64> = try ring.field("desc_ring", descriptorRing, "descs")
        let infoArray: IntegerField<UInt64> = try ring.field("desc_ring", descriptorRing, "infos")
        let ringOffset = try ring.offset("desc_ring", width: descriptorRing.size)
        let head = IntegerField<UInt64>("head_id", at: ringOffset + (try descriptorRing.offset("head_id", width: 8)) + counter.offset)
        let tail = IntegerField<UInt64>("tail_id", at: ringOffset + (try descriptorRing.offset("tail_id", width: 8)) + counter.offset)
        let sizeBits: IntegerField<UInt32> = try ring.field("text_data_ring", dataRing, "size_bits")
        let data: IntegerField<UInt64> = try ring.field("text_data_ring", dataRing, "data")

        let address: UInt64 = try memory.integer("prb", at: try layouts.requiredAddress(of: "prb"))
        let bytes = try memory.bytes(address, count: ring.size, what: "struct printk_ringbuffer")
        let count: UInt32 = try memory.integer(countBits, of: bytes)
        guard count <= Self.maximumCountBits else {
            throw .value(what: "count_bits", UInt64(count), allowed: "at most \(Self.maximumCountBits)")
        }
        descriptorCount = 1 << UInt64(count)
        let size: UInt32 = try memory.integer(sizeBits, of: bytes)
        guard size <= Self.maximumSizeBits else {
            throw .value(what: "size_bits", UInt64(size), allowed: "at most \(Self.maximumSizeBits)")
        }
        textSizeBits = UInt64(size)
        descriptors = try memory.integer(descs, of: bytes)
        infos = try memory.integer(infoArray, of: bytes)
        texts = try memory.integer(data, of: bytes)
        headID = try memory.integer(head, of: bytes) & Self.idMask
        tailID = try memory.integer(tail, of: bytes) & Self.idMask
    }

    /// From the oldest record to the newest, those that their writers completed. A record whose
    /// text is not where a text can be is counted, and does not keep the others from being printed.
    func write(to text: inout LogText) throws(VmcoreError) {
        let distance = (headID &- tailID) & Self.idMask
        guard distance < descriptorCount else {
            throw .value(what: "head_id - tail_id", distance, allowed: "the ring has \(descriptorCount) descriptors")
        }
        var descs = try MemoryWindow(
            memory, what: "the descriptor ring", base: descriptors, size: descriptorCount * UInt64(descriptor.size))
        var metas = try MemoryWindow(memory, what: "the printk_info array", base: infos, size: descriptorCount * UInt64(info.size))
        var data = try MemoryWindow(memory, what: "the text ring", base: texts, size: 1 << textSizeBits)
        // Blocks of records that are in use do not overlap, so all of them together fit the ring.
        var room = data.size
        var withoutID = 0
        var damaged = 0
        var firstDamaged: UInt64 = 0
        for i in 0...distance {
            let id = (tailID &+ i) & Self.idMask
            let index = id & (descriptorCount - 1)
            var place = try descs.load(index * UInt64(descriptor.size), descriptor.size)
            let stateAndID = try descs.integer(state, at: place)
            guard stateAndID & Self.idMask == id else {
                withoutID += 1
                guard withoutID <= Self.maximumWithoutID else {
                    throw .value(
                        what: "the number of descriptors without their ID", UInt64(withoutID),
                        allowed: "as many as can be in the making are \(Self.maximumWithoutID)")
                }
                continue
            }
            guard let state = State(rawValue: stateAndID >> Self.stateShift), state == .committed || state == .finalized
            else { continue }
            let block = TextBlock(
                begin: try descs.integer(begin, at: place), next: try descs.integer(next, at: place), sizeBits: textSizeBits)
            place = try metas.load(index * UInt64(info.size), info.size)
            guard let block, block.blockSize <= room else {
                if damaged == 0 { firstDamaged = try metas.integer(sequence, at: place) }
                damaged += 1
                continue
            }
            room -= block.blockSize
            let length = min(Int(try metas.integer(textLength, at: place)), block.textRoom)
            let nanoseconds = try metas.integer(time, at: place)
            place = try data.load(block.textOffset, length)
            text.appendTime(nanoseconds: nanoseconds)
            text.append(data.bytes.span.extracting(place..<place + length))
            try text.endLine()
        }
        guard damaged == 0 else { throw .damagedRecords(count: damaged, first: firstDamaged) }
    }
}

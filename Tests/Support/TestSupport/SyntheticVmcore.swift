import BinaryLayout

/// A vmcore made of what a test names: lines of VMCOREINFO and stretches of memory. The ELF
/// offsets are written down here a second time on purpose.
public struct SyntheticVmcore: Sendable {
    public struct Load: Sendable {
        public var address: UInt64
        public var bytes: [UInt8]
        /// Nil for as many as there are bytes.
        public var memorySize: UInt64?
        /// Nil for where the one before ends.
        public var offset: UInt64?

        public init(address: UInt64, bytes: [UInt8], memorySize: UInt64? = nil, offset: UInt64? = nil) {
            self.address = address
            self.bytes = bytes
            self.memorySize = memorySize
            self.offset = offset
        }
    }

    public struct Note: Sendable {
        public var name: String
        public var contents: [UInt8]

        public init(name: String, contents: [UInt8]) {
            self.name = name
            self.contents = contents
        }
    }

    public var order = ByteOrder.littleEndian
    public var elfClass: UInt8 = 2
    public var type: UInt16 = 4
    public var machine: UInt16 = 62
    /// The notes of each PT_NOTE.
    public var notes: [[Note]] = []
    public var loads: [Load] = []
    /// Nil for what they are; else the number of program headers in e_phnum.
    public var programHeaderCount: UInt16?

    public init(order: ByteOrder = .littleEndian, info: [String], loads: [Load]) {
        self.order = order
        machine = order == .bigEndian ? 21 : 62
        notes = [[Note(name: "CORE", contents: [UInt8](repeating: 7, count: 33)), Self.vmcoreinfo(info)]]
        self.loads = loads
    }

    public static func vmcoreinfo(_ lines: [String]) -> Note {
        Note(name: "VMCOREINFO", contents: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// All of the file.
    public var bytes: [UInt8] {
        var bytes = head
        for (load, offset) in zip(loads, offsets) where !load.bytes.isEmpty {
            let end = Int(offset) + load.bytes.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(Int(offset)..<end, with: load.bytes)
        }
        return bytes
    }

    /// Up to the end of the notes.
    public var head: [UInt8] {
        var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, elfClass, order == .littleEndian ? 1 : 2, 1] + [UInt8](repeating: 0, count: 9)
        bytes.append(type, order: order)
        bytes.append(machine, order: order)
        bytes.append(1 as UInt32, order: order)
        for word in [0, 64, 0] as [UInt64] { bytes.append(word, order: order) }  // e_entry, e_phoff, e_shoff
        bytes.append(0 as UInt32, order: order)
        for half in [64, 56, programHeaderCount ?? UInt16(notes.count + loads.count), 0, 0, 0] as [UInt16] {
            bytes.append(half, order: order)
        }
        var offset = headersEnd
        for segment in noteSegments {
            appendHeader(&bytes, type: 4, offset: offset, address: 0, fileSize: UInt64(segment.count), memorySize: 0)
            offset += UInt64(segment.count)
        }
        for (load, offset) in zip(loads, offsets) {
            let size = UInt64(load.bytes.count)
            appendHeader(&bytes, type: 1, offset: offset, address: load.address, fileSize: size, memorySize: load.memorySize ?? size)
        }
        return bytes + noteSegments.joined()
    }

    /// Where each load's bytes are in the file.
    public var offsets: [UInt64] {
        var next = headersEnd + UInt64(noteSegments.joined().count)
        return loads.map { load in
            let offset = load.offset ?? next
            next = offset + UInt64(load.bytes.count)
            return offset
        }
    }

    private var headersEnd: UInt64 { UInt64(64 + 56 * (notes.count + loads.count)) }

    private var noteSegments: [[UInt8]] {
        notes.map { notes in
            var bytes: [UInt8] = []
            for note in notes {
                bytes.append(UInt32(note.name.utf8.count + 1), order: order)
                bytes.append(UInt32(note.contents.count), order: order)
                bytes.append(0 as UInt32, order: order)
                for part in [Array(note.name.utf8) + [0], note.contents] {
                    bytes += part + [UInt8](repeating: 0, count: (4 - part.count % 4) % 4)
                }
            }
            return bytes
        }
    }

    private func appendHeader(
        _ bytes: inout [UInt8], type: UInt32, offset: UInt64, address: UInt64, fileSize: UInt64, memorySize: UInt64
    ) {
        bytes.append(type, order: order)
        bytes.append(7 as UInt32, order: order)
        for word in [offset, address, 0, fileSize, memorySize, 0] { bytes.append(word, order: order) }
    }
}

extension [UInt8] {
    /// Writes an integer, and makes the array as long as that needs.
    public mutating func put<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value, at offset: Int, _ order: ByteOrder) {
        var bytes: [UInt8] = []
        bytes.append(value, order: order)
        put(bytes, at: offset)
    }

    public mutating func put(_ bytes: [UInt8], at offset: Int) {
        if count < offset + bytes.count { self += [UInt8](repeating: 0, count: offset + bytes.count - count) }
        replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
}

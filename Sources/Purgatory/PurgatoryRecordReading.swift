import BinaryLayout
import ELF
import PhysicalMemory

/// Why bytes that begin as a record are none that can be believed.
public enum PurgatoryRecordError: Error, Equatable, CustomStringConvertible {
    /// Memory ends before it does.
    case cutOff
    /// Another program's: its layout is not known here.
    case version(UInt32)
    /// Its own field says so.
    case size(UInt32)
    /// It was written for another place.
    case copy(of: PhysicalAddress)
    /// It lies where it was written to, and bytes of it were changed.
    case damaged
    /// e_machine
    case machine(UInt32)
    /// What a field says that can have no such value.
    case field(String, UInt64)
    /// What is wrong with a segment, counted from 0.
    case segment(Int, String)

    public var description: String {
        switch self {
        case .cutOff: "the region ends before it does"
        case .version(let version): "its version is \(version), and this program knows \(PurgatoryRecord.version)"
        case .size(let size): "its size of \(size) bytes is not the \(PurgatoryRecord.size) of its version"
        case .copy(let address): "it is a copy of one at \(address)"
        case .damaged: "its checksum does not fit its bytes"
        case .machine(let machine): "it is of another machine (e_machine \(machine))"
        case .field(let name, let value): "its \(name) has the value \(value.hex), which means nothing"
        case .segment(let index, let what): "its segment \(index) \(what)"
        }
    }
}

extension PurgatoryRecord {
    /// Reads what lies at `address`. Nothing in it is believed: each segment has a known role, lies within one of the `regions` and
    /// apart from the others, and its loaded bytes lie within its memory.
    /// - Parameters:
    ///   - bytes: from its magic number on; what is behind the record is not looked at
    ///   - regions: the memory reserved for the crash kernel
    public init(
        _ bytes: Span<UInt8>, at address: PhysicalAddress, of machine: Machine, within regions: [PhysicalRange]
    ) throws(PurgatoryRecordError) {
        let reader = RecordReader(bytes)
        let version = try reader.read(RecordLayout.version)
        guard version == Self.version else { throw .version(version) }
        let size = try reader.read(RecordLayout.size)
        guard size == Self.size else { throw .size(size) }
        guard reader.bytes.count == Self.size else { throw .cutOff }
        let home = PhysicalAddress(try reader.read(RecordLayout.address))
        guard home == address else { throw .copy(of: home) }
        // It is at home here, so these are no remains of a copy.
        guard try reader.read(RecordLayout.checksum) == RecordLayout.checksum(of: reader.bytes.span) else { throw .damaged }
        let machineNumber = try reader.read(RecordLayout.machine)
        guard machineNumber == UInt32(machine.elfMachine) else { throw .machine(machineNumber) }

        let flags = try reader.read(RecordLayout.flags)
        guard flags & ~RecordLayout.hotplugFlag == 0 else { throw .field("flags", UInt64(flags)) }
        let isChecked = try reader.read(RecordLayout.checkEnabled)
        guard isChecked <= 1 else { throw .field("check_enabled", UInt64(isChecked)) }
        let action = try reader.read(RecordLayout.onMismatch)
        guard let onMismatch = PurgatoryImage.MismatchAction(rawValue: action) else { throw .field("on_mismatch", UInt64(action)) }
        self.init(
            isHotplug: flags & RecordLayout.hotplugFlag != 0, entry: PhysicalAddress(try reader.read(RecordLayout.entry)),
            isChecked: isChecked == 1, onMismatch: onMismatch, digest: InlineArray { reader.bytes[RecordLayout.digest + $0] },
            segments: try reader.segments(within: regions))
    }
}

private struct RecordReader {
    let bytes: [UInt8]

    init(_ span: Span<UInt8>) {
        let known = span.extracting(first: PurgatoryRecord.size)
        bytes = known.indices.map { known[$0] }
    }

    func read<Value>(_ field: IntegerField<Value>, in base: Int = 0) throws(PurgatoryRecordError) -> Value {
        do { return try bytes.span.read(field, in: base) } catch { throw .cutOff }
    }

    /// Up to the first unused entry.
    func segments(within regions: [PhysicalRange]) throws(PurgatoryRecordError) -> [PurgatoryRecord.Segment] {
        var segments: [PurgatoryRecord.Segment] = []
        for index in 0..<PurgatoryRecord.maximumSegments {
            let base = RecordLayout.segments + index * RecordLayout.segmentSize
            let role = try read(RecordLayout.role, in: base)
            if role == 0 { break }
            guard let role = PurgatoryRecord.Role(rawValue: role) else {
                throw .segment(index, "has the role \(role), which means nothing")
            }
            let check = try read(RecordLayout.check, in: base)
            guard let check = PurgatoryRecord.Check(rawValue: check) else {
                throw .segment(index, "has the check \(check), which means nothing")
            }
            guard
                let memory = PhysicalRange(
                    start: PhysicalAddress(try read(RecordLayout.start, in: base)),
                    size: ByteCount(try read(RecordLayout.memorySize, in: base)))
            else { throw .segment(index, "is no range of memory") }
            guard regions.contains(where: { $0.contains(memory) }) else {
                throw .segment(index, "at \(memory) lies outside the crash kernel's memory")
            }
            if let last = segments.last, memory.start < last.memory.end {
                throw .segment(index, "at \(memory) does not lie behind the one at \(last.memory)")
            }
            let loadedSize = ByteCount(try read(RecordLayout.loadedSize, in: base))
            guard loadedSize <= memory.size else {
                throw .segment(index, "has \(loadedSize) of contents in \(memory.size) of memory")
            }
            segments.append(
                PurgatoryRecord.Segment(
                    role: role, check: check, memory: memory, loadedSize: loadedSize,
                    checksum: try read(RecordLayout.segmentChecksum, in: base)))
        }
        return segments
    }
}

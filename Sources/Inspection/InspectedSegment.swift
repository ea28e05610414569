import ByteStorage
import LoadPlan
import PhysicalMemory
import Purgatory
import SHA256

/// A segment of the loaded image, as it is now.
public struct InspectedSegment: Hashable, Sendable {
    /// What has become of its loaded bytes.
    public enum State: String, Hashable, Sendable {
        /// They are those that were loaded.
        case unchanged
        /// They are not, and nothing may have changed them.
        case changed
        /// They are not: the kernel has rewritten it, as it may.
        case rewritten
        /// Nothing is loaded there.
        case empty
    }

    /// What it is for.
    public let role: SegmentRole
    /// Whole pages.
    public let memory: PhysicalRange
    /// The bytes that were loaded.
    public let loadedSize: ByteCount
    /// Whether the digest covers it.
    public let digestRule: DigestRule
    /// What has become of them.
    public let state: State
    /// Of the loaded bytes as they are; nil where it was not asked for.
    public let sha256: SHA256Digest?

    /// Its loaded bytes, as much at once as is read at once.
    public var loadedPortions: [PhysicalRange] {
        PhysicalRange(start: memory.start, size: loadedSize).map { Array($0.portions) } ?? []
    }
}

/// The segments of a record, read once for digest and checksums.
struct SegmentReading {
    private(set) var segments: [InspectedSegment] = []
    /// Over the segments that the digest covers; nil where purgatory checks none.
    let digest: SHA256Digest?

    /// - Parameter wantsDigests: a SHA-256 of each segment, too
    init(
        _ record: PurgatoryRecord, at address: PhysicalAddress, in memory: some CrashMemory, wantsDigests: Bool
    ) throws(CrashMemoryError) {
        var whole = SHA256()
        for segment in record.segments {
            var own = SHA256()
            var checksum = SegmentChecksum()
            for portion in segment.loaded?.portions.map({ $0 }) ?? [] {
                var bytes = try memory.bytes(portion)
                if segment.check == .digest, record.isChecked { whole.update(Bytes(bytes)) }
                if wantsDigests { own.update(Bytes(bytes)) }
                // It was summed before the record was written into it.
                if segment.role == .purgatory { bytes.clear(portion, from: address) }
                checksum.update(Bytes(bytes))
            }
            segments.append(
                InspectedSegment(
                    role: SegmentRole(segment.role), memory: segment.memory, loadedSize: segment.loadedSize,
                    digestRule: segment.digestRule, state: segment.state(checksum.finish()), sha256: wantsDigests ? own.finish() : nil))
        }
        digest = record.isChecked ? whole.finish() : nil
    }
}

extension PurgatoryRecord.Segment {
    /// Nil where nothing is loaded.
    var loaded: PhysicalRange? { PhysicalRange(start: memory.start, size: loadedSize) }

    fileprivate var digestRule: DigestRule {
        switch check {
        case .digest: .included
        case .elfcorehdr, .flattenedDeviceTree: .excluded(because: .hotplug)
        case .unchecked: .excluded(because: .purgatory)
        }
    }

    fileprivate func state(_ found: UInt64) -> InspectedSegment.State {
        if loadedSize == .zero { return .empty }
        if found == checksum { return .unchanged }
        return digestRule == .excluded(because: .hotplug) ? .rewritten : .changed
    }
}

extension [UInt8] {
    /// Zeroes in place of what of the record lies in these bytes of a portion.
    fileprivate mutating func clear(_ portion: PhysicalRange, from record: PhysicalAddress) {
        guard let whole = PhysicalRange(start: record, size: ByteCount(PurgatoryRecord.size)),
            let part = whole.intersection(portion),
            let first = Int(exactly: part.start.rawValue - portion.start.rawValue),
            let count = Int(exactly: part.size.rawValue), first + count <= self.count
        else { return }
        for index in first..<first + count { self[index] = 0 }
    }
}

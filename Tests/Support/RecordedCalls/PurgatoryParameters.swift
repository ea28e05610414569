import KexecSystem
import LoadPlan
import Purgatory
import TestSupport
import Testing

/// What a load wrote into purgatory, read from the segment that the entry lies in.
public struct PurgatoryParameters {
    private let bytes: [UInt8]
    /// Of the segment.
    public let start: UInt64

    public init(_ call: KexecLoadCall) throws {
        let segment = try #require(call.segments.first { $0.memory <= call.entry && call.entry < $0.memory + $0.memorySize })
        start = segment.memory
        bytes = segment.contents.withSpan { span in (0..<span.count).map { span[$0] } }
    }

    public init(_ plan: LoadPlan) throws { try self.init(KexecLoadCall(plan, flags: plan.flags)) }

    /// The value that stands there; nil where the segment ends before.
    public subscript<Value: FixedWidthInteger>(parameter: PurgatoryParameter<Value>) -> UInt64? {
        let width = Value.bitWidth / 8
        guard parameter.offset <= bytes.count - width else { return nil }
        return bytes.littleEndian(at: parameter.offset, width: width)
    }

    // struct purgatory_record (Purgatory/Common/include/parameters.h), of an x86_64 image

    /// check_enabled
    public var checkEnabled: UInt64? { field(of: PurgatoryX86_64.record, at: 56) }
    /// on_mismatch
    public var onMismatch: UInt64? { field(of: PurgatoryX86_64.record, at: 60) }

    private func field<Record>(of record: PurgatoryParameter<Record>, at offset: Int) -> UInt64? {
        record.offset + offset <= bytes.count - 4 ? bytes.littleEndian(at: record.offset + offset, width: 4) : nil
    }
}

import ByteStorage
import LoadPlan
import Testing

public func array(_ bytes: Bytes) -> [UInt8] { bytes.withSpan { span in (0..<span.count).map { span[$0] } } }

extension LoadPlan {
    /// What is loaded into the first segment of a role.
    public func bytes(_ role: SegmentRole) throws -> [UInt8] { array(try #require(segment(role)).contents) }
    /// Its physical address.
    public func start(_ role: SegmentRole) throws -> UInt64 { try #require(segment(role)).memory.start.rawValue }
}

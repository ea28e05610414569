/// A half-open range of physical memory, `start..<end`.
///
/// The invariant `start < end` is proved when the range is made: no range is empty, none wraps,
/// so `size` can never overflow. The very last byte of the 64-bit address space cannot be part
/// of a range; no machine has memory there.
public struct PhysicalRange: Hashable, Sendable, CustomStringConvertible {
    /// The first address.
    public let start: PhysicalAddress
    /// The address behind the last.
    public let end: PhysicalAddress

    /// Nil when the range would be empty or upside down.
    @inlinable public init?(start: PhysicalAddress, end: PhysicalAddress) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
    }

    /// Nil when `size` is zero or the end does not fit 64 bits.
    @inlinable public init?(start: PhysicalAddress, size: ByteCount) {
        guard let end = start.advanced(by: size) else { return nil }
        self.init(start: start, end: end)
    }

    /// As the kernel prints ranges: both ends belong to it. Nil when `last` is below `start`, or
    /// is the last address there is.
    @inlinable public init?(start: PhysicalAddress, last: PhysicalAddress) {
        guard let end = last.advanced(by: ByteCount(1 as UInt64)) else { return nil }
        self.init(start: start, end: end)
    }

    /// Never zero.
    @inlinable public var size: ByteCount { ByteCount(end.rawValue - start.rawValue) }
    /// The last address that belongs to it, as the kernel prints ranges.
    @inlinable public var last: PhysicalAddress { PhysicalAddress(end.rawValue - 1) }

    /// Whether the address belongs to it.
    @inlinable public func contains(_ address: PhysicalAddress) -> Bool { start <= address && address < end }
    /// Whether all of the other range belongs to it.
    @inlinable public func contains(_ other: PhysicalRange) -> Bool { start <= other.start && other.end <= end }
    /// Whether an address belongs to both; ranges that touch do not overlap.
    @inlinable public func overlaps(_ other: PhysicalRange) -> Bool { start < other.end && other.start < end }

    /// What belongs to both; nil where they do not overlap.
    @inlinable public func intersection(_ other: PhysicalRange) -> PhysicalRange? {
        PhysicalRange(start: max(start, other.start), end: min(end, other.end))
    }

    /// As the kernel prints it, both ends belonging to the range.
    public var description: String { "\(start)-\(last)" }
}

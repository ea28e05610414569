/// An address in the machine's physical memory.
public struct PhysicalAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// In bytes from 0.
    public let rawValue: UInt64

    /// An address as files and the kernel have it.
    @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable public static func < (a: PhysicalAddress, b: PhysicalAddress) -> Bool {
        a.rawValue < b.rawValue
    }

    /// Nil where the sum does not fit 64 bits.
    @inlinable public func advanced(by count: ByteCount) -> PhysicalAddress? {
        let (sum, overflow) = rawValue.addingReportingOverflow(count.rawValue)
        return overflow ? nil : PhysicalAddress(sum)
    }

    /// Nil where the difference would be below zero.
    @inlinable public func retreated(by count: ByteCount) -> PhysicalAddress? {
        rawValue < count.rawValue ? nil : PhysicalAddress(rawValue - count.rawValue)
    }

    /// The next multiple of `alignment` (a power of two); nil where it does not fit 64 bits.
    @inlinable public func alignedUp(to alignment: ByteCount) -> PhysicalAddress? {
        rawValue.alignedUp(to: alignment.rawValue).map(PhysicalAddress.init(_:))
    }

    /// The last multiple of `alignment` (a power of two) at or below this address.
    @inlinable public func alignedDown(to alignment: ByteCount) -> PhysicalAddress {
        alignment.rawValue < 2 ? self : PhysicalAddress(rawValue & ~(alignment.rawValue - 1))
    }

    /// Whether this is a multiple of `alignment`, which must be a power of two.
    @inlinable public func isAligned(to alignment: ByteCount) -> Bool {
        ByteCount(rawValue).isAligned(to: alignment)
    }

    public var description: String { rawValue.hex }
}

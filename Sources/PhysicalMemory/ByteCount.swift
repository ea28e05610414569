/// A number of bytes of physical memory. A type of its own, so that a size can never stand
/// where an address belongs.
public struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// In bytes.
    public let rawValue: UInt64

    /// A size as files and the kernel have it.
    @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }
    /// The size of something in memory; zero for a number below zero.
    @inlinable public init(_ count: Int) { self.rawValue = UInt64(max(0, count)) }

    /// The smallest page of every architecture.
    public static let page = ByteCount(4096 as UInt64)
    /// No bytes.
    public static let zero = ByteCount(0 as UInt64)
    /// That many times 1024 bytes.
    public static func kibibytes(_ n: UInt32) -> ByteCount { ByteCount(UInt64(n) << 10) }
    /// That many times 1024 KiB.
    public static func mebibytes(_ n: UInt32) -> ByteCount { ByteCount(UInt64(n) << 20) }

    @inlinable public static func < (a: ByteCount, b: ByteCount) -> Bool { a.rawValue < b.rawValue }

    /// Nil where the sum does not fit 64 bits.
    @inlinable public func adding(_ other: ByteCount) -> ByteCount? {
        let (sum, overflow) = rawValue.addingReportingOverflow(other.rawValue)
        return overflow ? nil : ByteCount(sum)
    }

    /// The next multiple of `alignment` (a power of two); nil where it does not fit 64 bits.
    @inlinable public func alignedUp(to alignment: ByteCount) -> ByteCount? {
        rawValue.alignedUp(to: alignment.rawValue).map(ByteCount.init(_:))
    }

    /// Whether this is a multiple of `alignment`, which must be a power of two.
    @inlinable public func isAligned(to alignment: ByteCount) -> Bool {
        alignment.rawValue == 0 || rawValue & (alignment.rawValue - 1) == 0
    }

    public var description: String {
        switch rawValue {
        case let n where n != 0 && n % (1 << 20) == 0: "\(n >> 20) MiB"
        case let n where n != 0 && n % (1 << 10) == 0: "\(n >> 10) KiB"
        default: "\(rawValue) bytes"
        }
    }
}

extension UInt64 {
    /// The next multiple of `alignment` (a power of two); nil where it does not fit 64 bits.
    @inlinable func alignedUp(to alignment: UInt64) -> UInt64? {
        guard alignment > 1 else { return self }
        let (sum, overflow) = addingReportingOverflow(alignment - 1)
        return overflow ? nil : sum & ~(alignment - 1)
    }

    /// `0x` and the digits, the way addresses are written everywhere in this program.
    public var hex: String { "0x" + String(self, radix: 16) }
}

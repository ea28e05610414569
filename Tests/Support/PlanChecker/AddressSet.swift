/// Addresses from `start` up to, and without, `end`; never empty where the checker makes one.
public struct Extent: Hashable, Sendable, CustomStringConvertible {
    public var start: UInt64
    public var end: UInt64

    public init(_ start: UInt64, _ end: UInt64) {
        self.start = start
        self.end = end
    }

    public var size: UInt64 { end > start ? end - start : 0 }
    public var description: String { "\(hex(start))-\(hex(end &- 1))" }
    public func contains(_ other: Extent) -> Bool { start <= other.start && other.end <= end }
    public func overlaps(_ other: Extent) -> Bool { start < other.end && other.start < end }
}

/// `0x` and the digits.
public func hex(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }

/// A set of addresses, as the extents that it is made of: in order, apart from each other, none empty.
public struct AddressSet: Hashable, Sendable, CustomStringConvertible {
    public private(set) var extents: [Extent] = []

    public init() {}

    public init(_ parts: some Sequence<Extent>) {
        for part in parts.filter({ $0.size > 0 }).sorted(by: { $0.start < $1.start }) {
            if let last = extents.last, part.start <= last.end {
                if part.end > last.end { extents[extents.count - 1].end = part.end }
            } else {
                extents.append(part)
            }
        }
    }

    public var isEmpty: Bool { extents.isEmpty }
    public var size: UInt64 { extents.reduce(0) { $0 &+ $1.size } }
    public var description: String { extents.isEmpty ? "nothing" : extents.prefix(4).map(\.description).joined(separator: ", ") }

    public func union(_ other: AddressSet) -> AddressSet {
        if other.isEmpty { return self }
        return isEmpty ? other : AddressSet(extents + other.extents)
    }

    public func union(_ others: Extent...) -> AddressSet { AddressSet(extents + others) }

    public func contains(_ extent: Extent) -> Bool { extents.contains { $0.contains(extent) } }

    public func intersection(_ other: AddressSet) -> AddressSet {
        var result = AddressSet()
        var (mine, theirs) = (0, 0)
        while mine < extents.count, theirs < other.extents.count {
            let (a, b) = (extents[mine], other.extents[theirs])
            let common = Extent(max(a.start, b.start), min(a.end, b.end))
            if common.size > 0 { result.extents.append(common) }
            if a.end < b.end { mine += 1 } else { theirs += 1 }
        }
        return result
    }

    public func intersection(_ extent: Extent) -> AddressSet { intersection(AddressSet([extent])) }

    public func subtracting(_ other: AddressSet) -> AddressSet {
        var result = AddressSet()
        var hole = 0
        for extent in extents {
            var start = extent.start
            while hole < other.extents.count, other.extents[hole].end <= start { hole += 1 }
            var next = hole
            while next < other.extents.count, other.extents[next].start < extent.end {
                if other.extents[next].start > start { result.extents.append(Extent(start, other.extents[next].start)) }
                start = max(start, other.extents[next].end)
                next += 1
            }
            if start < extent.end { result.extents.append(Extent(start, extent.end)) }
        }
        return result
    }

    public func subtracting(_ extents: Extent...) -> AddressSet { subtracting(AddressSet(extents)) }
}

import ByteStorage
import PhysicalMemory

/// A segment that has its place but no digest rule yet.
public struct PlacedSegment: Sendable {
    public let role: SegmentRole
    public let memory: PhysicalRange
    public let contents: Bytes

    public init(role: SegmentRole, memory: PhysicalRange, contents: Bytes) {
        self.role = role
        self.memory = memory
        self.contents = contents
    }
}

/// What a segment asks of its place.
public struct PlacementWish: Sendable {
    public let role: SegmentRole
    /// Whole pages, at least one.
    public let size: ByteCount
    /// At least that of a page.
    public var alignment: ByteCount
    /// It must lie within this range; nil for anywhere.
    public var within: PhysicalRange?
    /// Where it goes if that is free; nil for no such wish.
    public var preferred: PhysicalAddress?
    /// It goes to `preferred` or nowhere.
    public var isFixed: Bool

    public init(
        role: SegmentRole, size: ByteCount, alignment: ByteCount = .page, within: PhysicalRange? = nil,
        preferred: PhysicalAddress? = nil, isFixed: Bool = false
    ) {
        self.role = role
        self.size = size
        self.alignment = alignment
        self.within = within
        self.preferred = preferred
        self.isFixed = isFixed
    }

    /// The one place of a segment that can have no other.
    var onlyPlace: PhysicalRange? { isFixed ? preferred.flatMap { PhysicalRange(start: $0, size: size) } : nil }
}

/// Places segments from the top of memory down, in the order of the wishes.
public enum Placement {
    /// The places by role. Throws `PlanError.doesNotFit` for the first wish that finds none.
    public static func place(
        _ wishes: [PlacementWish], in memory: [PhysicalRange], limitedTo window: PhysicalRange?
    ) throws(PlanError) -> [SegmentRole: PhysicalRange] {
        let usable = window.map { memory.clipped(to: $0) } ?? memory
        let (places, failed) = tryPlacing(wishes, in: usable)
        guard let failed else { return places }
        let remedy: SpaceShortage.Remedy =
            if let place = failed.onlyPlace {
                .freeing(place)
            } else if let reach = failed.within, memory.clipped(to: reach).isEmpty {
                .regionWithin(reach)
            } else if window != nil {
                .widerLimits
            } else if memory.count == 1, let region = memory.first {
                smallestRegion(for: wishes, like: region).map { .largerRegion($0) } ?? .none
            } else {
                .none
            }
        throw .doesNotFit(SpaceShortage(role: failed.role, size: failed.size, memory: usable, remedy: remedy))
    }

    private static func tryPlacing(
        _ wishes: [PlacementWish], in memory: [PhysicalRange]
    ) -> (places: [SegmentRole: PhysicalRange], failed: PlacementWish?) {
        var free = FreeMemory(memory)
        var places: [SegmentRole: PhysicalRange] = [:]
        for wish in wishes {
            guard let place = take(wish, of: &free) else { return (places, wish) }
            places[wish.role] = place
        }
        return (places, nil)
    }

    private static func take(_ wish: PlacementWish, of free: inout FreeMemory) -> PhysicalRange? {
        if let place = wish.preferred.flatMap({ PhysicalRange(start: $0, size: wish.size) }),
            wish.within.map({ $0.contains(place) }) ?? true,
            let taken = free.takeHighest(size: wish.size, alignment: .page, within: place)
        {
            return taken
        }
        return wish.isFixed ? nil : free.takeHighest(size: wish.size, alignment: wish.alignment, within: wish.within)
    }

    /// The size of the smallest region that holds all wishes, in whole MiB, as crashkernel=
    /// is given. Tried at the region's own start, where KASLR and the
    /// boot loader leave it.
    private static func smallestRegion(for wishes: [PlacementWish], like region: PhysicalRange) -> ByteCount? {
        let step: UInt64 = 1 << 20
        var total: UInt64 = 0
        for wish in wishes {
            guard let sum = ByteCount(total).adding(wish.size) else { return nil }
            total = sum.rawValue
        }
        let slack = wishes.map(\.alignment.rawValue).max() ?? 0
        for steps in total / step...(total / step + slack / step + 2) {
            let (size, overflow) = (steps + 1).multipliedReportingOverflow(by: step)
            guard !overflow, let larger = PhysicalRange(start: region.start, size: ByteCount(size)) else { return nil }
            if tryPlacing(wishes, in: [larger]).failed == nil { return ByteCount(size) }
        }
        return nil
    }
}

extension [SegmentRole: PhysicalRange] {
    /// The place that was found for a role.
    public func memory(_ role: SegmentRole) throws(PlanError) -> PhysicalRange {
        guard let range = self[role] else { throw .rule(role, "it has no place") }
        return range
    }
}

import ByteStorage
import PhysicalMemory

/// A segment that has its place but no digest rule yet.
public struct PlacedSegment: Sendable {
    /// What it is for.
    public let role: SegmentRole
    /// Whole pages.
    public let memory: PhysicalRange
    /// What is loaded there.
    public let contents: Bytes

    /// A segment that an architecture has placed.
    public init(role: SegmentRole, memory: PhysicalRange, contents: Bytes) {
        self.role = role
        self.memory = memory
        self.contents = contents
    }
}

/// What a segment asks of its place.
public struct PlacementRequest: Sendable {
    /// The segment that asks.
    public let role: SegmentRole
    /// Whole pages, at least one.
    public let size: ByteCount
    /// At least that of a page.
    public var alignment: ByteCount
    /// It must lie within this range; nil for anywhere.
    public var within: PhysicalRange?
    /// Where it goes if that is free; nil for anywhere.
    public var preferred: PhysicalAddress?
    /// It goes to `preferred` or nowhere.
    public var isFixed: Bool

    /// Anywhere, at a whole page, unless more is asked.
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

/// Places segments from the top of memory down, in the order of the requests.
public enum Placement {
    /// The places by role. Throws `PlanError.doesNotFit` for the first request that finds none.
    public static func place(
        _ requests: [PlacementRequest], in memory: [PhysicalRange], limitedTo window: PhysicalRange?
    ) throws(PlanError) -> [SegmentRole: PhysicalRange] {
        let usable = window.map { memory.clipped(to: $0) } ?? memory
        let (places, failed) = tryPlacing(requests, in: usable)
        guard let failed else { return places }
        let remedy: SpaceShortage.Remedy =
            if let place = failed.onlyPlace {
                .freeing(place)
            } else if let reach = failed.within, memory.clipped(to: reach).isEmpty {
                .regionWithin(reach)
            } else if window != nil {
                .widerLimits
            } else if memory.count == 1, let region = memory.first {
                smallestRegion(for: requests, like: region).map { .largerRegion($0) } ?? .none
            } else {
                .none
            }
        // Said where it is what makes the memory too small.
        let bound = failed.within.map(\.start).flatMap { start in usable.contains { $0.start < start && start < $0.end } ? start : nil }
        throw .doesNotFit(
            SpaceShortage(
                role: failed.role, size: failed.size, memory: usable, remedy: remedy, lowest: failed.role == .kernel ? bound : nil))
    }

    private static func tryPlacing(
        _ requests: [PlacementRequest], in memory: [PhysicalRange]
    ) -> (places: [SegmentRole: PhysicalRange], failed: PlacementRequest?) {
        var free = FreeMemory(memory)
        var places: [SegmentRole: PhysicalRange] = [:]
        for request in requests {
            guard let place = take(request, of: &free) else { return (places, request) }
            places[request.role] = place
        }
        return (places, nil)
    }

    private static func take(_ request: PlacementRequest, of free: inout FreeMemory) -> PhysicalRange? {
        if let place = request.preferred.flatMap({ PhysicalRange(start: $0, size: request.size) }),
            request.within.map({ $0.contains(place) }) ?? true,
            let taken = free.takeHighest(size: request.size, alignment: .page, within: place)
        {
            return taken
        }
        return request.isFixed ? nil : free.takeHighest(size: request.size, alignment: request.alignment, within: request.within)
    }

    /// A region is proposed for a kernel that runs as far behind its start: larger ones are not reserved.
    private static let furthestStart: UInt64 = 1 << 32

    /// The size of the smallest region that holds all requests, in whole MiB, as crashkernel=
    /// is given. Tried at the region's own start, where KASLR and the
    /// boot loader leave it.
    private static func smallestRegion(for requests: [PlacementRequest], like region: PhysicalRange) -> ByteCount? {
        let step: UInt64 = 1 << 20
        var total: UInt64 = 0
        for request in requests {
            guard let sum = ByteCount(total).adding(request.size) else { return nil }
            total = sum.rawValue
        }
        // A kernel may have to lie above the region's start.
        let gap = requests.compactMap(\.within).map { $0.start.rawValue - Swift.min($0.start.rawValue, region.start.rawValue) }.max() ?? 0
        let (slack, isTooFar) = gap.addingReportingOverflow(requests.map(\.alignment.rawValue).max() ?? 0)
        guard !isTooFar, slack <= Self.furthestStart else { return nil }
        for steps in total / step...(total / step + slack / step + 2) {
            let (size, overflow) = (steps + 1).multipliedReportingOverflow(by: step)
            guard !overflow, let larger = PhysicalRange(start: region.start, size: ByteCount(size)) else { return nil }
            if tryPlacing(requests, in: [larger]).failed == nil { return ByteCount(size) }
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

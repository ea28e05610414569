import PhysicalMemory

/// Boot memory: the RAM in which the capture kernel boots, and which the firmware has therefore
/// copied away, region behind region, into the reserved area.
public struct BootMemory: Hashable, Sendable {
    /// Before the crash, in address order; there may be holes between them.
    public let regions: [PhysicalRange]
    /// After it: the first region begins here, each other where the one before it ends.
    public let destination: PhysicalRange

    /// Throws where the regions are not what a kernel can have registered.
    public init(_ registered: FadumpRegions) throws(FadumpRegionsError) {
        guard let first = registered.bootMemory.first else { throw .noBootMemory }
        var regions: [PhysicalRange] = []
        var end = first.destination
        for memory in registered.bootMemory {
            guard let range = PhysicalRange(start: memory.source, size: memory.size),
                let copy = PhysicalRange(start: memory.destination, size: memory.size)
            else { throw .noRange("boot memory", memory.source, memory.size, copiedTo: memory.destination) }
            if let last = regions.last, range.start < last.end { throw .overlap("boot memory", last, range) }
            guard copy.start == end else { throw .scattered(range, expected: end, found: copy.start) }
            regions.append(range)
            end = copy.end
        }
        guard let destination = PhysicalRange(start: first.destination, end: end) else { throw .noBootMemory }
        for range in regions where range.overlaps(destination) { throw .overlap("its copy", destination, range) }
        self.regions = regions
        self.destination = destination
    }

    /// Everything below is boot memory or a hole in it (boot_mem_top).
    public var top: PhysicalAddress { regions.last?.end ?? destination.start }

    /// The sum of the regions, holes not counted (boot_memory_size).
    public var size: ByteCount { destination.size }

    /// Where the copy of the region of that index begins.
    public func copy(of region: Int) -> PhysicalAddress {
        let before = regions[..<region].reduce(ByteCount.zero) { $0.adding($1.size) ?? $0 }
        return destination.start.advanced(by: before) ?? destination.start
    }

    /// Where what was at `address` before the crash is after it.
    public func relocated(_ address: PhysicalAddress) -> PhysicalAddress {
        guard let region = regions.firstIndex(where: { $0.contains(address) }) else { return address }
        let offset = ByteCount(address.rawValue - regions[region].start.rawValue)
        // The copy is as long as the region.
        return copy(of: region).advanced(by: offset) ?? address
    }
}

/// Registered regions, memory and header do not go together.
public enum FadumpRegionsError: Error, Equatable, CustomStringConvertible {
    /// There is no region at all.
    case noBootMemory
    /// What, where and how long it is, which is empty or runs past the end of 64 bits.
    case noRange(String, PhysicalAddress, ByteCount, copiedTo: PhysicalAddress)
    /// What overlaps, and with which region of boot memory.
    case overlap(String, PhysicalRange, PhysicalRange)
    /// A region's copy does not begin where the capture kernel looks for it.
    case scattered(PhysicalRange, expected: PhysicalAddress, found: PhysicalAddress)
    /// Part of what must be memory is none.
    case notMemory(String, PhysicalRange, missing: PhysicalRange)
    /// The header points to a VMCOREINFO note that is no range of memory.
    case vmcoreinfo(PhysicalAddress, ByteCount)
    /// Why the reserved area cannot be where the regions say.
    case reservedArea(String)

    public var description: String {
        switch self {
        case .noBootMemory: "no boot memory is registered (there is no DUMP line)"
        case .noRange(let what, let start, let size, let copy):
            "\(what) of \(size.rawValue.hex) bytes at \(start), copied to \(copy), is no range of memory"
        case .overlap(let what, let one, let other): "\(what) \(one) and boot memory \(other) overlap or are out of order"
        case .scattered(let region, let expected, let found):
            "boot memory \(region) is copied to \(found), not behind the region before it, to \(expected), where the capture kernel looks for it"
        case .notMemory(let what, let range, let missing):
            "\(what) \(range) runs past the end of memory: \(missing) is not in the list of memory"
        case .vmcoreinfo(let address, let size): "the header's VMCOREINFO, \(size.rawValue.hex) bytes at \(address), is no range of memory"
        case .reservedArea(let why): "the reserved area: \(why)"
        }
    }
}

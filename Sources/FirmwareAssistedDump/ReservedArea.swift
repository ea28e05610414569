import PhysicalMemory

/// The memory that fadump reserves at boot: room for the CPU state and the hash page table, rounded
/// up to whole pages, then the copy of boot memory, the crash info header, and on OPAL metadata of
/// the kernel's own. It ends where its sizes end, not on a page boundary.
public enum ReservedArea {
    /// Where it lies. Throws where regions, header and size do not go together.
    /// - Parameters:
    ///   - headerSize: of the crash info header
    ///   - reserved: mem_reserved of the crashed kernel, in bytes; nil where it is not known. Where
    ///     firmware is OPAL, the end can only be computed from it.
    public static func range(
        _ regions: FadumpRegions, _ bootMemory: BootMemory, headerSize: Int, reserved: ByteCount?
    ) throws(FadumpRegionsError) -> PhysicalRange {
        let areas = [regions.cpuState, regions.hashPageTable].compactMap { $0 }
        let start = areas.map(\.start).min() ?? bootMemory.destination.start
        for area in areas {
            guard let end = area.start.advanced(by: area.size), end <= bootMemory.destination.start else {
                throw .reservedArea(
                    "\(area.size.rawValue.hex) bytes at \(area.start) do not end below the copy of boot memory at \(bootMemory.destination.start)"
                )
            }
        }
        guard let endOfHeader = bootMemory.destination.end.advanced(by: ByteCount(headerSize)),
            let known = PhysicalRange(start: start, end: endOfHeader)
        else { throw .reservedArea("its header of \(headerSize) bytes runs past the end of 64 bits") }
        guard let reserved else {
            guard !areas.isEmpty else {
                throw .reservedArea("OPAL's ends behind the kernel's metadata, whose size is not known: --mem-reserved is needed")
            }
            return known
        }
        guard let given = PhysicalRange(start: start, size: reserved), given.contains(known) else {
            throw .reservedArea("\(reserved.rawValue) bytes at \(start) do not reach the end of the header, \(known.end)")
        }
        return given
    }
}

import ByteStorage
import KernelImage
import LoadPlan
import PhysicalMemory
import Purgatory

/// Where segments lie, by their roles.
public typealias Places = [SegmentRole: PhysicalRange]

/// A load of a Linux kernel: the steps that every machine takes, in one order (`draft()`). What a machine does its own way
/// it fills in.
///
/// Sizes come before places. Steps that make contents are asked twice: with `unplaced`, to learn how large the contents can
/// become, and with the places that were found. The second answer must not be longer than the first.
public protocol LinuxLoad {
    /// What the user asks for.
    var request: LoadRequest { get }
    /// What sizes and places of segments are multiples of (`TargetArchitecture.pageSize`).
    var pageSize: ByteCount { get }
    /// Where segments may be placed, in address order; never empty.
    var usableMemory: [PhysicalRange] { get }
    /// Their offsets count from the start of the place of the role `kernel`.
    var kernelPieces: [KernelPiece] { get }
    /// The most bytes of a command line that the kernel takes, without the NUL.
    var commandLineLimit: Int { get }
    /// What the user should know of this machine's part of the load.
    var warnings: [String] { get }

    /// The purgatory that was built for this machine.
    var purgatory: PurgatoryImage { get }

    /// The header of this kernel's memory; nil where the new kernel does not see that.
    func elfcorehdr(_ places: Places) throws(PlanError) -> ElfcorehdrSegment?

    /// The user's command line with the parameters that the kernel needs.
    func commandLine(_ places: Places) throws(PlanError) -> KernelCommandLine

    /// The bytes that each role needs; those that need none get no place. The first of them chooses its place first, each
    /// the highest one that is left.
    /// - Parameter purgatory: the bytes that purgatory needs
    func sizes(purgatory: ByteCount) throws(PlanError) -> [(role: SegmentRole, size: ByteCount)]

    /// Adds what a segment asks of its place beyond size and whole pages.
    func refine(_ placement: inout PlacementRequest)

    /// RAM of the memory map that the new kernel is handed with these places, in any order. Every segment has to lie in it.
    func nextKernelRAM(_ places: Places) throws(PlanError) -> [PhysicalRange]

    /// What the kernel is handed, and whatever else is not kernel, elfcorehdr, initrd or purgatory.
    func ownSegments(_ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) -> [PlacedSegment]

    /// Sets purgatory's parameters, all but the digest and what it covers.
    func setParameters(of purgatory: inout PurgatoryImage, _ commandLine: KernelCommandLine, _ places: Places) throws(PlanError)
}

extension LinuxLoad {
    /// The segments that start the kernel, their contents and their places.
    public func draft() throws(PlanError) -> LoadDraft {
        if let initrd = request.initrd, initrd.contents.count == 0 { throw .emptyInitrd(initrd.name) }
        var purgatory = purgatory
        let places = try place(try sizes(purgatory: purgatory.memorySize))
        let commandLine = try commandLine(places)
        guard commandLine.bytes.count <= commandLineLimit else {
            throw .commandLineTooLong(commandLine.bytes.count, limit: commandLineLimit)
        }
        let elfcorehdr = try elfcorehdr(places)
        var segments = try kernelPieces.segments(at: try places.memory(.kernel).start) + ownSegments(commandLine, places)
        if let elfcorehdr {
            segments.append(PlacedSegment(role: .elfcorehdr, memory: try places.memory(.elfcorehdr), contents: Bytes(elfcorehdr.bytes)))
        }
        if let initrd = request.initrd {
            segments.append(PlacedSegment(role: .initrd, memory: try places.memory(.initrd), contents: initrd.contents))
        }
        try setParameters(of: &purgatory, commandLine, places)
        return LoadDraft(
            segments: segments, purgatory: purgatory, purgatoryMemory: try places.memory(.purgatory), commandLine: commandLine,
            usableMemory: usableMemory, nextKernelRAM: try nextKernelRAM(places),
            warnings: request.warnings + [elfcorehdr?.warning].compactMap { $0 } + warnings)
    }

    /// Stands for places that are not known yet: no text that names an address is longer than with the highest of all.
    public var unplaced: Places {
        guard let last = usableMemory.last, let highest = PhysicalRange(start: last.last, size: .page) else { return [:] }
        return Dictionary(uniqueKeysWithValues: SegmentRole.allCases.map { ($0, highest) })
    }

    /// The elfcorehdr's room; 0 where there is none.
    public func elfcorehdrSize() throws(PlanError) -> ByteCount { try elfcorehdr(unplaced)?.size ?? .zero }

    /// The initrd's bytes; 0 where there is none.
    public var initrdSize: ByteCount { ByteCount(request.initrd?.contents.count ?? 0) }

    /// The initrd's own bytes at their place, without the rest of the last page.
    public func initrd(_ places: Places) -> PhysicalRange? {
        request.initrd.flatMap { _ in places[.initrd] }.flatMap { PhysicalRange(start: $0.start, size: initrdSize) }
    }

    private func place(_ sizes: [(role: SegmentRole, size: ByteCount)]) throws(PlanError) -> Places {
        var placements: [PlacementRequest] = []
        for (role, size) in sizes where size > .zero {
            guard let pages = size.alignedUp(to: pageSize) else { throw .rule(role, "its \(size) are too much") }
            var placement = PlacementRequest(role: role, size: pages, alignment: pageSize)
            refine(&placement)
            placements.append(placement)
        }
        return try Placement.place(placements, in: usableMemory, limitedTo: request.memoryWindow)
    }
}

extension [KernelPiece] {
    /// Each piece as a segment, with the kernel's start at this address.
    public func segments(at start: PhysicalAddress) throws(PlanError) -> [PlacedSegment] {
        try map { (piece) throws(PlanError) in
            guard let start = start.advanced(by: piece.offset), let memory = PhysicalRange(start: start, size: piece.memorySize)
            else { throw .rule(.kernel, "it reaches beyond the address space") }
            return PlacedSegment(role: .kernel, memory: memory, contents: piece.contents)
        }
    }
}

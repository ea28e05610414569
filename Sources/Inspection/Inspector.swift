import DeviceTree
import ELF
import LoadPlan
import PhysicalMemory
import Purgatory
import SHA256

/// Reads the loaded image out of memory. What is found there is not believed, and each list in it is bounded.
public struct Inspector<Memory: CrashMemory> {
    let memory: Memory
    let machine: Machine
    let regions: [PhysicalRange]
    let expectation: InspectedHeader.Expectation
    let liveTree: DeviceTree?
    let liveEntry: () -> PhysicalAddress?

    /// - Parameters:
    ///   - regions: the memory reserved for the crash kernel
    ///   - expectation: what an elfcorehdr would describe that was made now
    ///   - liveTree: the running machine's device tree; nil where there is none
    ///   - liveEntry: asked only where memory has more than one image: where the kernel would enter the loaded one
    public init(
        _ memory: Memory, of machine: Machine, regions: [PhysicalRange], expectation: InspectedHeader.Expectation, liveTree: DeviceTree?,
        liveEntry: @escaping () -> PhysicalAddress? = { nil }
    ) {
        self.memory = memory
        self.machine = machine
        self.regions = regions
        self.expectation = expectation
        self.liveTree = liveTree
        self.liveEntry = liveEntry
    }

    /// - Parameter wantsDigests: a SHA-256 of each segment, too
    public func inspect(wantsDigests: Bool = false) throws(InspectionError) -> ImageInspection {
        let scan: RegionScan
        do { scan = try RegionScan(regions, in: memory, machine: machine) } catch { throw .memory(error) }
        let choice = try ImageChoice(scan, liveEntry: liveEntry)
        do {
            switch choice.image {
            case .record(let address, let record): return try own(record, at: address, choice.remains, wantsDigests: wantsDigests)
            case .header(let address): return try other(.other, headerAt: address, [], choice.remains)
            case .damaged(let address, let header):
                return try other(.swkexec(record: address), headerAt: header, [.recordDamaged(address)], choice.remains)
            }
        } catch {
            throw .memory(error)
        }
    }

    /// An image with a record.
    private func own(
        _ record: PurgatoryRecord, at address: PhysicalAddress, _ remains: [PhysicalAddress], wantsDigests: Bool
    ) throws(CrashMemoryError) -> ImageInspection {
        let reading = try SegmentReading(record, at: address, in: memory, wantsDigests: wantsDigests)
        var findings = reading.segments.filter { $0.state == .changed }.map { Finding.segmentChanged($0.role, $0.memory) }
        var digest = ImageInspection.Digest.unchecked
        if let computed = reading.digest, let expected = SHA256Digest(exactly: record.digestBytes) {
            digest = .compared(expected: expected, computed: computed)
            if computed != expected, findings.isEmpty { findings.append(.digestDiffers) }
        }
        var header: InspectedHeader?
        if let segment = record.segments.first(where: { $0.role == .elfcorehdr }) {
            let (read, more) = try InspectedHeader.read(
                segment.memory, isSized: true, mustGrow: record.isHotplug, in: memory, of: machine, against: expectation)
            header = read
            findings += more
        }
        var tree: InspectedTree?
        if let segment = record.segments.first(where: { $0.role == .fdt }) {
            let (read, more) = try InspectedTree.read(segment.memory, in: memory, against: liveTree)
            tree = read
            findings += more
        }
        var (commandLine, randomSeed) = (tree?.commandLine, tree?.randomSeed)
        if let segment = record.segments.first(where: { $0.role == .bootParameters }) {
            commandLine = try BootParametersCommandLine.read(segment.memory, within: regions, in: memory)
            randomSeed = try InspectedSeed.read(bootParameters: segment.memory, within: regions, in: memory)
        }
        return ImageInspection(
            origin: .swkexec(record: address), entry: record.entry, isHotplug: record.isHotplug, segments: reading.segments,
            regions: regions, digest: digest, header: header, tree: tree, commandLine: commandLine.map { KernelCommandLine($0) },
            randomSeed: randomSeed, record: record, findings: findings, remains: remains)
    }

    /// An image without one that can be believed.
    private func other(
        _ origin: ImageInspection.Origin, headerAt address: PhysicalAddress?, _ known: [Finding], _ remains: [PhysicalAddress]
    ) throws(CrashMemoryError) -> ImageInspection {
        var header: InspectedHeader?
        var findings = known
        if let address, let region = regions.first(where: { $0.contains(address) }),
            let rest = PhysicalRange(start: address, end: region.end)
        {
            let (read, more) = try InspectedHeader.read(
                rest, isSized: false, mustGrow: false, in: memory, of: machine, against: expectation)
            header = read
            findings += more
        }
        return ImageInspection(
            origin: origin, entry: nil, isHotplug: nil, segments: [], regions: regions, digest: .unknown, header: header, tree: nil,
            commandLine: nil, randomSeed: nil, record: nil, findings: findings, remains: remains)
    }
}

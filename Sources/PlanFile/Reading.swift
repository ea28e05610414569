import ByteStorage
import CPlanFormat
import HostState
import LoadPlan
import PhysicalMemory

extension PlanFile {
    /// Reads a plan from the whole contents of its file. The segments' bytes are not copied.
    public init(_ file: Bytes) throws(PlanFileError) {
        let head = try Head(file)
        let header = try Header(head)
        let regions = try Self.regions(head)
        let segments = try Self.segments(head, in: regions, of: file)
        try header.check(against: segments)
        plan = LoadPlan(
            architecture: header.architecture, purpose: header.isCrash ? .crash : .reboot, entry: header.entry,
            segments: segments, flags: header.flags, olderFlags: header.olderFlags, digest: header.digest,
            commandLine: header.commandLine, hotplugRequested: header.isHotplug, usableMemory: regions, warnings: [])
        preconditions = try Self.preconditions(head)
    }

    /// In address order, apart from each other.
    private static func regions(_ head: Head) throws(PlanFileError) -> [PhysicalRange] {
        var regions: [PhysicalRange] = []
        for index in 0..<head.regionCount {
            let entry = head.region(index)
            let start = PhysicalAddress(try head.number(RegionEntry.start, in: entry))
            let size = ByteCount(try head.number(RegionEntry.regionSize, in: entry))
            guard let region = PhysicalRange(start: start, size: size), regions.last.map({ $0.end <= region.start }) ?? true else {
                throw .malformed(PLAN_IN_REGION.filled(index) + PLAN_FAULT_REGION)
            }
            regions.append(region)
        }
        return regions
    }

    private static func segments(_ head: Head, in regions: [PhysicalRange], of file: Bytes) throws(PlanFileError) -> [Segment] {
        var segments: [Segment] = []
        var offset = head.bytes.count
        for index in 0..<head.segmentCount {
            let entry = head.segment(index)
            func fault(_ rule: String) -> PlanFileError { .malformed(PLAN_IN_SEGMENT.filled(index) + rule) }
            guard let name = try head.text(SegmentEntry.role, in: entry), name.isName else { throw fault(PLAN_FAULT_ROLE) }
            guard let rule = DigestRule(code: try head.number(SegmentEntry.digestRule, in: entry)) else {
                throw fault(PLAN_FAULT_DIGEST_RULE)
            }
            guard try head.number(SegmentEntry.reserved, in: entry) == 0 else { throw fault(PLAN_FAULT_RESERVED) }
            let start = PhysicalAddress(try head.number(SegmentEntry.memoryStart, in: entry))
            let size = ByteCount(try head.number(SegmentEntry.memorySize, in: entry))
            guard start.isAligned(to: .page), size.isAligned(to: .page), let memory = PhysicalRange(start: start, size: size),
                segments.last.map({ $0.memory.end <= start }) ?? true
            else { throw fault(PLAN_FAULT_MEMORY) }
            guard regions.contains(where: { $0.contains(memory) }) else { throw fault(PLAN_FAULT_NO_REGION) }
            let loadedSize = ByteCount(try head.number(SegmentEntry.loadedSize, in: entry))
            guard loadedSize <= size else { throw fault(PLAN_FAULT_LOADED_SIZE) }
            guard try head.number(SegmentEntry.fileOffset, in: entry) == UInt64(offset) else {
                throw fault(PLAN_FAULT_FILE_OFFSET)
            }
            guard loadedSize.rawValue <= UInt64(file.count - offset), let contents = file.slice(offset..<offset + Int(loadedSize.rawValue))
            else {
                throw fault(PLAN_FAULT_FILE_END)
            }
            offset += contents.count
            guard let role = SegmentRole(rawValue: String(decoding: name, as: UTF8.self)) else {
                throw fault("role is none that this program knows")
            }
            segments.append(Segment(role: role, memory: memory, contents: contents, digestRule: rule))
        }
        guard offset == file.count else { throw .malformed(PLAN_FAULT_TRAILING_BYTES) }
        return segments
    }

    private static func preconditions(_ head: Head) throws(PlanFileError) -> [Precondition] {
        var preconditions: [Precondition] = []
        for index in 0..<head.factCount {
            let entry = head.fact(index)
            func fault(_ rule: String) -> PlanFileError { .malformed(PLAN_IN_FACT.filled(index) + rule) }
            guard let rule = Precondition.Rule(code: try head.number(FactEntry.rule, in: entry)) else {
                throw fault(PLAN_FAULT_RULE)
            }
            let attributes = try head.number(FactEntry.attributes, in: entry)
            guard attributes & ~UInt16(PLAN_FACT_OVERRIDABLE) == 0 else { throw fault(PLAN_FAULT_ATTRIBUTES) }
            guard try head.number(FactEntry.reserved, in: entry) == 0 else { throw fault(PLAN_FAULT_RESERVED) }
            guard let subject = try head.text(FactEntry.subject, in: entry), let path = try head.text(FactEntry.path, in: entry),
                let numbers = try head.text(FactEntry.numbers, in: entry), let selector = try head.text(FactEntry.selector, in: entry),
                let expected = try head.text(FactEntry.expected, in: entry)
            else { throw fault(PLAN_FAULT_TEXT) }
            let precondition = Precondition(
                rule, subject: String(decoding: subject, as: UTF8.self), path: String(decoding: path, as: UTF8.self),
                numbers: String(decoding: numbers, as: UTF8.self), selector: String(decoding: selector, as: UTF8.self),
                expected: Array(expected), isOverridable: attributes == PLAN_FACT_OVERRIDABLE)
            if let wrong = precondition.fault { throw fault(wrong) }
            preconditions.append(precondition)
        }
        return preconditions
    }
}

import BinaryLayout
import ByteStorage
import CPlanFormat
import HostState
import LoadPlan
import PhysicalMemory
import SHA256

extension PlanFile {
    /// The file's contents: its head, then the bytes of each segment, not copied.
    public func contents() throws(PlanFileError) -> [Bytes] {
        for precondition in preconditions {
            if let fault = precondition.fault { throw .unwritablePrecondition(precondition.path, fault) }
        }
        var head: [UInt8]
        do throws(TruncatedBytes) { head = try headWithoutSHA256() } catch { throw .headTooLarge(error.needed) }
        guard head.count <= PLAN_HEAD_LIMIT else { throw .headTooLarge(head.count) }
        let segments = plan.segments.map(\.contents)
        var hash = SHA256()
        hash.update(Bytes(Array(head[PlanFileHeader.sha256.upperBound...])))
        for segment in segments { hash.update(segment) }
        head.replaceSubrange(PlanFileHeader.sha256, with: hash.finish().bytes)
        return [Bytes(head)] + segments
    }

    private func headWithoutSHA256() throws(TruncatedBytes) -> [UInt8] {
        var texts = Texts()
        var header = try header(&texts)
        var segmentTable: [UInt8] = []
        var regionTable: [UInt8] = []
        var factTable: [UInt8] = []
        for segment in plan.segments { segmentTable += try entry(of: segment, &texts) }
        for region in plan.occupiedRegions { regionTable += try entry(of: region) }
        for precondition in preconditions { factTable += try entry(of: precondition, &texts) }

        // Only now is known where the head ends and the segments' bytes begin.
        let headSize = header.count + segmentTable.count + regionTable.count + factTable.count + texts.bytes.count
        var offset = UInt64(headSize)
        for (index, segment) in plan.segments.enumerated() {
            try segmentTable.write(offset, to: SegmentEntry.fileOffset, in: index * SegmentEntry.size)
            offset += UInt64(segment.contents.count)
        }
        try header.write(UInt32(clamping: headSize), to: PlanFileHeader.headSize)
        try header.write(offset, to: PlanFileHeader.fileSize)
        try header.write(UInt32(clamping: texts.bytes.count), to: PlanFileHeader.textSize)
        return header + segmentTable + regionTable + factTable + texts.bytes
    }

    /// All but the sizes.
    private func header(_ texts: inout Texts) throws(TruncatedBytes) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: PlanFileHeader.size)
        try header.write(PlanFileHeader.magic, at: 0, what: "magic")
        try header.write(UInt32(PLAN_VERSION), to: PlanFileHeader.version)
        try header.write(plan.flags.machine, to: PlanFileHeader.machine)
        try header.write(UInt16(plan.purpose == .crash ? PLAN_CRASH : PLAN_REBOOT), to: PlanFileHeader.purpose)
        let hotplug = plan.hotplugRequested ? PLAN_HOTPLUG : 0
        try header.write(hotplug | (plan.digest == nil ? 0 : PLAN_CHECKS_DIGEST), to: PlanFileHeader.options)
        try header.write(plan.entry.rawValue, to: PlanFileHeader.entry)
        try header.write(plan.flags.rawValue, to: PlanFileHeader.flags)
        try header.write(plan.olderFlags?.rawValue ?? 0, to: PlanFileHeader.olderFlags)
        if let digest = plan.digest {
            try header.write(digest.value.bytes, at: PlanFileHeader.digest.lowerBound, what: "digest")
            try header.write(digest.coveredBytes, to: PlanFileHeader.coveredBytes)
        }
        try header.write(UInt32(clamping: plan.segments.count), to: PlanFileHeader.segmentCount)
        try header.write(UInt32(clamping: plan.occupiedRegions.count), to: PlanFileHeader.regionCount)
        try header.write(UInt32(clamping: preconditions.count), to: PlanFileHeader.factCount)
        try header.write(texts.add(plan.architecture.utf8), to: PlanFileHeader.architecture)
        try header.write(texts.add(plan.commandLine.bytes), to: PlanFileHeader.commandLine)
        return header
    }

    /// All but the place of its bytes.
    private func entry(of segment: Segment, _ texts: inout Texts) throws(TruncatedBytes) -> [UInt8] {
        var entry = [UInt8](repeating: 0, count: SegmentEntry.size)
        try entry.write(texts.add(segment.role.rawValue.utf8), to: SegmentEntry.role)
        try entry.write(segment.digestRule.code, to: SegmentEntry.digestRule)
        try entry.write(segment.memory.start.rawValue, to: SegmentEntry.memoryStart)
        try entry.write(segment.memory.size.rawValue, to: SegmentEntry.memorySize)
        try entry.write(segment.loadedSize.rawValue, to: SegmentEntry.loadedSize)
        return entry
    }

    private func entry(of region: PhysicalRange) throws(TruncatedBytes) -> [UInt8] {
        var entry = [UInt8](repeating: 0, count: RegionEntry.size)
        try entry.write(region.start.rawValue, to: RegionEntry.start)
        try entry.write(region.size.rawValue, to: RegionEntry.regionSize)
        return entry
    }

    private func entry(of precondition: Precondition, _ texts: inout Texts) throws(TruncatedBytes) -> [UInt8] {
        var entry = [UInt8](repeating: 0, count: FactEntry.size)
        try entry.write(precondition.rule.code, to: FactEntry.rule)
        try entry.write(UInt16(precondition.isOverridable ? PLAN_FACT_OVERRIDABLE : 0), to: FactEntry.attributes)
        try entry.write(texts.add(precondition.subject.utf8), to: FactEntry.subject)
        try entry.write(texts.add(precondition.path.utf8), to: FactEntry.path)
        try entry.write(texts.add(precondition.numbers.utf8), to: FactEntry.numbers)
        try entry.write(texts.add(precondition.selector.utf8), to: FactEntry.selector)
        try entry.write(texts.add(precondition.expected), to: FactEntry.expected)
        return entry
    }
}

extension LoadPlan {
    /// The ranges of usable memory that segments lie in.
    fileprivate var occupiedRegions: [PhysicalRange] {
        usableMemory.filter { region in segments.contains { region.contains($0.memory) } }
    }
}

/// The texts of a plan file, one behind the other.
private struct Texts {
    /// Where a text stands, and how long it is.
    struct Place {
        let offset: UInt32
        let size: UInt32
    }

    private(set) var bytes: [UInt8] = []

    /// Places beyond 32 bits are clamped: such a head is far too large and is not written.
    mutating func add(_ text: some Collection<UInt8>) -> Place {
        let place = Place(offset: UInt32(clamping: bytes.count), size: UInt32(clamping: text.count))
        bytes += text
        return place
    }
}

extension [UInt8] {
    fileprivate mutating func write(_ place: Texts.Place, to field: TextField) throws(TruncatedBytes) {
        try write(place.offset, to: field.offset)
        try write(place.size, to: field.size)
    }
}

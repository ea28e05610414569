import ByteStorage
import ELF
import LoadPlan
import PhysicalMemory
import Purgatory

/// What a plan has other than the image that is loaded.
///
/// Both have a record of what purgatory checks, so those are compared: each segment's place, size, checksum and check, the entry, the
/// flags, the digest. Left out is what the running kernel may rewrite, the contents of elfcorehdr and device tree of an image that it
/// keeps right: whether these fit the machine, the inspection tells.
public struct PlanComparison: Sendable {
    /// What differs, in words; empty where the plan is of the image that is loaded.
    public let differences: [String]

    /// Nil where either has no record: the image is another loader's.
    /// - Parameters:
    ///   - plan: made with the loaded image's random seed, else every two differ
    ///   - inspection: of the loaded image
    public init?(_ plan: LoadPlan, with inspection: ImageInspection, of machine: Machine) {
        guard let loaded = inspection.record, let planned = plan.record(of: machine) else { return nil }
        differences = Self.differences(planned, loaded, commandLines: (plan.commandLine, inspection.commandLine))
    }

    private static func differences(
        _ planned: PurgatoryRecord, _ loaded: PurgatoryRecord, commandLines: (planned: KernelCommandLine, loaded: KernelCommandLine?)
    ) -> [String] {
        guard planned.kept != loaded.kept else { return [] }
        // A file of another size moves everything else: what the user gave comes first, and is enough.
        var files: [String] = []
        for role: PurgatoryRecord.Role in [.kernel, .initrd, .module] where planned.contents(role) != loaded.contents(role) {
            files.append(SegmentRole(role).rawValue)
        }
        if let line = commandLines.loaded, line.withoutPlaces != commandLines.planned.withoutPlaces { files.append("command line") }
        guard files.isEmpty else { return files }

        var others: [String] = []
        if planned.isHotplug != loaded.isHotplug { others.append("hotplug") }
        if planned.isChecked != loaded.isChecked || planned.onMismatch != loaded.onMismatch { others.append("check") }
        guard others.isEmpty else { return others }
        for role in PurgatoryRecord.Role.allCases where planned.kept.all(role) != loaded.kept.all(role) {
            others.append(SegmentRole(role).rawValue)
        }
        return others.isEmpty ? ["entry or digest"] : others
    }
}

extension PurgatoryRecord {
    /// Without what the running kernel may have rewritten.
    fileprivate var kept: PurgatoryRecord {
        var kept = self
        for index in kept.segments.indices where [.elfcorehdr, .flattenedDeviceTree].contains(kept.segments[index].check) {
            kept.segments[index].loadedSize = .zero
            kept.segments[index].checksum = 0
        }
        return kept
    }

    fileprivate func all(_ role: Role) -> [Segment] { segments.filter { $0.role == role } }

    /// Wherever they lie.
    fileprivate func contents(_ role: Role) -> [Contents] { all(role).map { Contents(size: $0.loadedSize, checksum: $0.checksum) } }

    fileprivate struct Contents: Hashable {
        let size: ByteCount
        let checksum: UInt64
    }
}

extension KernelCommandLine {
    /// Without the word that says where the elfcorehdr lies.
    fileprivate var withoutPlaces: [[UInt8]] {
        let place = Array("elfcorehdr=".utf8)
        return bytes.split(separator: 0x20).map { Array($0) }.filter { !$0.starts(with: place) }
    }
}

extension LoadPlan {
    /// What its purgatory will know of the image; nil where it has none.
    func record(of machine: Machine) -> PurgatoryRecord? {
        guard let segment = segment(.purgatory) else { return nil }
        let bytes = segment.contents.withSpan { span in span.indices.map { span[$0] } }
        let span = bytes.span
        for offset in stride(from: 0, to: span.count, by: PurgatoryRecord.alignment) where span.matches(PurgatoryRecord.magic, at: offset) {
            guard let address = segment.memory.start.advanced(by: ByteCount(offset)) else { return nil }
            return try? PurgatoryRecord(
                span.extracting(offset..<span.count), at: address, of: machine, within: segments.map(\.memory).normalized())
        }
        return nil
    }
}

import ByteStorage
import PhysicalMemory
import Purgatory
import SHA256

/// The rule of the digest: SHA-256 over the loaded bytes, without the zeroed rest, of the
/// segments it includes, in address order. `cat` of those files through sha256sum gives the same.
///
/// Beside it each segment has a checksum of its own, by which purgatory and `swkexec inspect` tell what has changed.
struct DigestedSegments {
    /// Nil where purgatory does not check.
    let digest: LoadPlan.Digest?
    /// In the order of the segments.
    private let checksums: [UInt64]

    init(_ segments: [Segment], hasDigest: Bool) {
        var hash = SHA256()
        var covered: UInt64 = 0
        var checksums: [UInt64] = []
        for segment in segments {
            if hasDigest, segment.digestRule == .included {
                checksums.append(hash.updateAndSum(segment.contents))
                covered += UInt64(segment.contents.count)
            } else {
                checksums.append(SegmentChecksum.checksum(of: segment.contents))
            }
        }
        self.checksums = checksums
        digest = hasDigest ? LoadPlan.Digest(value: hash.finish(), coveredBytes: covered) : nil
    }

    /// Tells purgatory what is loaded, the digest of it among that. Of what the kernel may rewrite, purgatory
    /// checks the header instead.
    /// - Parameter memory: purgatory's own, which the segments have, too
    func seal(
        _ purgatory: PurgatoryImage, at memory: PhysicalRange, over segments: [Segment], entry: PhysicalAddress, request: LoadRequest
    ) throws(PlanError) -> PurgatoryImage {
        let record = PurgatoryRecord(
            isHotplug: request.hotplug && request.purpose == .crash, entry: entry, isChecked: digest != nil,
            onMismatch: request.onMismatch, digest: InlineArray { digest?.value.bytes[$0] ?? 0 },
            segments: zip(segments, checksums).map { segment, checksum in
                PurgatoryRecord.Segment(
                    role: segment.role.inRecord, check: segment.check, memory: segment.memory, loadedSize: segment.loadedSize,
                    checksum: checksum)
            })
        var sealed = purgatory
        do { try sealed.setRecord(record, imageAt: memory.start) } catch { throw .purgatory(error) }
        return sealed
    }
}

extension Segment {
    /// How purgatory checks it.
    fileprivate var check: PurgatoryRecord.Check {
        switch (digestRule, role) {
        case (.included, _): .digest
        case (.excluded(because: .hotplug), .elfcorehdr): .elfcorehdr
        case (.excluded(because: .hotplug), .fdt): .flattenedDeviceTree
        case (.excluded, _): .unchecked
        }
    }
}

extension SegmentRole {
    /// The same role in purgatory's record.
    var inRecord: PurgatoryRecord.Role {
        switch self {
        case .kernel: .kernel
        case .initrd: .initrd
        case .fdt: .fdt
        case .elfcorehdr: .elfcorehdr
        case .bootParameters: .bootParameters
        case .realMode: .realMode
        case .setupData: .setupData
        case .purgatory: .purgatory
        case .module: .module
        case .backup: .backup
        }
    }

    /// The role that a record names.
    public init(_ role: PurgatoryRecord.Role) {
        self =
            switch role {
            case .kernel: .kernel
            case .initrd: .initrd
            case .fdt: .fdt
            case .elfcorehdr: .elfcorehdr
            case .bootParameters: .bootParameters
            case .realMode: .realMode
            case .setupData: .setupData
            case .purgatory: .purgatory
            case .module: .module
            case .backup: .backup
            }
    }
}

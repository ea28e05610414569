import PhysicalMemory
import Purgatory
import SHA256

/// The rule of the digest: SHA-256 over the loaded bytes, without the zeroed rest, of the
/// segments it includes, in address order. `cat` of those files through sha256sum gives the same.
enum DigestedSegments {
    static func digest(of segments: [Segment]) -> LoadPlan.Digest {
        var hash = SHA256()
        var covered: UInt64 = 0
        for segment in segments where segment.digestRule == .included {
            hash.update(segment.contents)
            covered += UInt64(segment.contents.count)
        }
        return LoadPlan.Digest(value: hash.finish(), coveredBytes: covered)
    }

    /// Patches the digest and what it covers into purgatory. Of what the kernel may rewrite, purgatory
    /// checks the header instead.
    static func seal(
        _ purgatory: PurgatoryImage, with digest: LoadPlan.Digest, over segments: [Segment], request: LoadRequest
    ) throws(PlanError) -> PurgatoryImage {
        let regions = segments.filter { $0.digestRule == .included }.map {
            PurgatoryImage.Region(start: $0.memory.start, loadedSize: $0.loadedSize)
        }
        let shapes = segments.filter { $0.digestRule == .excluded(because: .hotplug) }.compactMap { segment in
            segment.role.shape.map { PurgatoryImage.Shape(kind: $0, range: segment.memory) }
        }
        var sealed = purgatory
        do {
            try sealed.setChecks(
                digest: InlineArray { digest.value.bytes[$0] }, regions: regions, shapes: shapes, onMismatch: request.onMismatch)
        } catch {
            throw .purgatory(error)
        }
        return sealed
    }
}

extension SegmentRole {
    /// How purgatory checks a segment that the digest does not cover.
    fileprivate var shape: PurgatoryImage.Shape.Kind? {
        switch self {
        case .elfcorehdr: .elfcorehdr
        case .fdt: .flattenedDeviceTree
        case .kernel, .initrd, .bootParameters, .realMode, .setupData, .purgatory, .module, .backup: nil
        }
    }
}

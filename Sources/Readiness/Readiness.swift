import FirmwareAssistedDump

/// The answer to: if this machine panicked now, would a dump be captured?
public struct Readiness: Sendable {
    /// The lines, in the order they are printed in.
    public let items: [ReadinessItem]
    /// What a panic leads to, in one sentence.
    public let verdict: String

    /// Whether nothing is bad.
    public var isReady: Bool { !items.contains { $0.state == .bad } }

    /// - Parameters:
    ///   - hotplug: whether the dump must stay right when memory and CPUs come and go
    ///   - image: the kernel that the user named, planned; nil where none was
    ///   - loaded: what the loaded image is, out of memory; nil where none is loaded
    public init(_ evidence: Evidence, hotplug: Bool, image: PlannedImage?, loaded: LoadedImageReading? = nil) {
        let assessment = Assessment(evidence: evidence, hotplug: hotplug, image: image, loadedImage: loaded)
        items =
            assessment.imageItems + assessment.loadedImageItems + assessment.fadumpItems + assessment.regionItems
            + [assessment.plannedImageItem].compactMap { $0 } + assessment.panicItems + assessment.loadItems
        verdict = Self.verdict(items, assessment.capture)
    }

    private static func verdict(_ items: [ReadinessItem], _ capture: Assessment.Capture) -> String {
        let bad = items.filter { $0.state == .bad }
        if let first = bad.first {
            let others = bad.count > 1 ? " (and \(bad.count - 1) more)" : ""
            return "not ready: \(first.id.what): \(first.value)\(others)"
        }
        let warnings = items.count { $0.state == .warning }
        let others = warnings == 0 ? "" : warnings == 1 ? ", with 1 warning" : ", with \(warnings) warnings"
        switch capture {
        case .image: return "ready: a panic now starts the loaded crash image\(others)"
        case .firmware: return "ready: at a panic now the firmware saves the memory\(others)"
        case .none: return "not ready: nothing would capture a dump"
        }
    }
}

/// The evidence and the user's request, from which the lines are made.
struct Assessment {
    /// What takes the dump of a panic.
    enum Capture {
        case image, firmware, none
    }

    let evidence: Evidence
    let hotplug: Bool
    let image: PlannedImage?
    let loadedImage: LoadedImageReading?

    var capture: Capture {
        if evidence.crashImageLoaded.value ?? 0 != 0 { return .image }
        return evidence.fadump.isArmed ? .firmware : .none
    }

    /// A capture kernel does its work and goes; no dump of it is wanted.
    var isCaptureKernel: Bool { evidence.captureKernelFile != nil && capture == .none }

    /// With fadump on the kernel reserves nothing for a crash image and takes none; in some domains of Xen it could not start it.
    var needsImage: Bool {
        !evidence.fadump.isEnabled && evidence.captureKernelFile == nil && evidence.xen.value?.obstacle == nil
    }
}

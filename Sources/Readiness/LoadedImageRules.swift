import HostState
import Inspection
import SystemPackage

/// What came of reading the loaded crash image back.
public enum LoadedImageReading: Sendable {
    /// It was read.
    case read(ImageInspection)
    /// It could not be told, and why.
    case unknown(String)
}

/// The crash image as it lies in memory: whether it is what was loaded, and whether it describes this machine.
extension Assessment {
    var loadedImageItems: [ReadinessItem] {
        guard capture == .image, let loadedImage else { return [] }
        let file = evidence.root.file(KernelCore.name)
        switch loadedImage {
        case .unknown(let why):
            return [.imageIntact, .imageCurrent].map { ReadinessItem($0, .unknown, why, file) }
        case .read(let inspection):
            return [
                item(.imageIntact, inspection.findings.filter(\.isDamage), file)
                    ?? (inspection.isIntact == nil
                        ? ReadinessItem(.imageIntact, .unknown, "another loader's, of which no digest is known", file)
                        : ReadinessItem(.imageIntact, .ok, "what was loaded", file)),
                item(.imageCurrent, inspection.findings.filter { !$0.isDamage }, file)
                    ?? (inspection.isCurrent
                        ? ReadinessItem(.imageCurrent, .ok, "describes the machine as it is", file)
                        : ReadinessItem(.imageCurrent, .bad, "cannot be read", file, remedy: "load the image again")),
            ]
        }
    }

    /// Nil where there is no finding.
    private func item(_ id: ReadinessItem.ID, _ findings: [Finding], _ file: FilePath) -> ReadinessItem? {
        // The worst one stands for all.
        guard let first = findings.first(where: \.losesTheDump) ?? findings.first else { return nil }
        let others = findings.count > 1 ? " (and \(findings.count - 1) more, see swkexec inspect)" : ""
        // Whatever went stale breaks the promise of an image that stays right.
        let isBad = first.losesTheDump || (hotplug && id == .imageCurrent)
        return ReadinessItem(id, isBad ? .bad : .warning, first.text + others, file, remedy: first.remedy)
    }
}

extension Finding {
    /// Whether there would be no dump, or not of all memory.
    fileprivate var losesTheDump: Bool {
        switch self {
        case .segmentChanged, .recordDamaged, .digestDiffers, .headerMalformed, .treeMalformed, .memoryMissing, .vmcoreinfoMoved: true
        case .memoryGone, .notesMissing, .headerFull, .treeCPUsMissing: false
        }
    }
}

import HostState
import Inspection
import KexecSystem
import LoadPlan
import PhysicalMemory

/// For `-p --if-needed`: whether the image that is loaded is the one that would be loaded now, intact, and current. Changes nothing.
struct LoadNeed {
    enum Answer {
        /// And why.
        case needed(String)
        case unneeded(LoadedImageSummary)
    }

    let options: LoadOptions
    let root: SystemRoot
    let machine: any TargetArchitecture
    let request: LoadRequest
    let host: HostState

    /// Throws where a load would be refused, too.
    func answer() throws -> Answer {
        let loaded = KexecFiles(root).crashImageLoaded
        guard case .found(let value, _) = loaded, value != 0 else { return .needed("no crash image is loaded") }
        let image: LoadedImage
        let inspection: ImageInspection
        do {
            image = try LoadedImage(root, architecture: machine.name)
            inspection = try image.inspect()
        } catch {
            return .needed("what is loaded cannot be told: \(error)")
        }
        if let finding = inspection.findings.first { return .needed(finding.text) }
        return inspection.record == nil ? try compareFiles(image) : try comparePlan(inspection)
    }

    // MARK: - An image of segments

    private func comparePlan(_ inspection: ImageInspection) throws -> Answer {
        guard options.syscall != .kexecFileLoad else { return .needed("the loaded image is one by kexec_load") }
        guard let seed = options.rngSeed ?? inspection.randomSeed else { return .needed("the loaded image's random seed cannot be found") }
        var request = request
        request.rngSeed = seed
        let plan = try Planner.plan(request, on: host, for: try options.machine.prepared(for: request, on: host))
        guard let comparison = PlanComparison(plan, with: inspection, of: machine.machine) else {
            return .needed("the loaded image has no record of its segments")
        }
        guard comparison.differences.isEmpty else { return .needed("not as loaded: \(comparison.differences.joined(separator: ", "))") }
        return .unneeded(LoadedImageSummary(plan, request, KexecFiles(root)))
    }

    // MARK: - The kernel's own

    private func compareFiles(_ image: LoadedImage) throws -> Answer {
        guard options.syscall != .kexecLoad, options.segmentOptions.isEmpty else {
            return .needed("the loaded image is not one of swkexec by kexec_load")
        }
        let plan = try FileLoadPlan(request, on: host, for: machine, extraFlags: options.fileFlags)
        let remembered: RememberedLoad?
        do { remembered = try RememberedLoad.read(root) } catch { return .needed("\(error)") }
        guard let remembered else { return .needed("which files the loaded image was made of is not known") }
        let planned = try RememberedLoad(plan, memory: image.regionDigest())
        let differences = planned.differences(from: remembered)
        guard differences.isEmpty else { return .needed("not as loaded: \(differences.joined(separator: ", "))") }
        return .unneeded(LoadedImageSummary(plan, host.crashRegions, KexecFiles(root)))
    }
}

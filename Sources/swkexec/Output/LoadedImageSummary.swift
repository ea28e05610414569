import HostState
import LoadPlan
import PhysicalMemory

/// What is loaded, in words: for the journal, and for the status that systemctl shows.
struct LoadedImageSummary {
    /// "crash image of /boot/vmlinuz and /boot/kdump.img".
    let what: String
    /// Where its segments lie, or where the kernel puts them.
    let place: String
    let digest: String
    /// Who keeps it right; nil of one for a reboot.
    let hotplug: String?

    init(_ plan: LoadPlan, _ request: LoadRequest, _ files: KexecFiles) {
        what = Self.what(plan.purpose, [request.kernel.name] + [request.initrd?.name].compactMap { $0 })
        place = plan.segments.first.flatMap { first in plan.segments.last.map { "\(first.memory.start)-\($0.memory.last)" } } ?? "nowhere"
        digest = plan.digest.map { "sha256 \($0.value)" } ?? "no digest (-i)"
        hotplug = plan.purpose == .crash ? Self.hotplug(files) : nil
    }

    /// - Parameter regions: those that the kernel puts it in; empty for anywhere
    init(_ plan: FileLoadPlan, _ regions: [PhysicalRange], _ files: KexecFiles) {
        what = Self.what(plan.purpose, plan.files.map(\.name))
        place = plan.purpose == .crash ? regions.map(\.description).joined(separator: ", ") : "where the kernel chose"
        digest = "sealed by the kernel"
        hotplug = plan.purpose == .crash ? Self.hotplug(files) : nil
    }

    private static func what(_ purpose: LoadPlan.Purpose, _ names: [String]) -> String {
        (purpose == .crash ? "crash image" : "image for a reboot") + " of \(names.joined(separator: " and "))"
    }

    /// By what the kernel says of the image. Where it does not keep it right, the udev rules have it loaded again.
    private static func hotplug(_ files: KexecFiles) -> String {
        let kept = [files.cpuHotplug, files.memoryHotplug].compactMap(\.value)
        return !kept.isEmpty && kept.allSatisfy { $0 != 0 } ? "kept right by the kernel" : "loaded again by udev's rules"
    }

    /// One line.
    var line: String { "\(what) at \(place), \(digest)" }

    /// One line, what matters most first: it is cut at the width of a terminal.
    var status: String { [what, hotplug.map { "on hotplug \($0)" }, digest, "at \(place)"].compactMap { $0 }.joined(separator: "; ") }
}

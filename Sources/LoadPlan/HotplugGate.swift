import HostState

/// Whether a crash image can still describe the machine after memory or CPUs have come or gone, which `--hotplug` promises and
/// which is done without it where it can be. This place answers for kexec_load(2) and kexec_file_load(2), which differ in nothing here, and for a check.
public enum HotplugGate {
    /// What is missing for the promise; nil where it can be kept.
    public static func obstacle(on host: HostState, for architecture: any TargetArchitecture) -> HotplugObstacle? {
        obstacle(files: KexecFiles(host.root), hasCapacity: host.elfcorehdrCapacity != nil, release: host.release, for: architecture)
    }

    /// What comes of a choice on that machine. Throws where a promise cannot be kept.
    public static func updates(
        _ choice: HotplugChoice, on host: HostState, for architecture: any TargetArchitecture
    ) throws(HotplugObstacle) -> HotplugUpdates {
        if choice == .off { return .off }
        guard let obstacle = obstacle(on: host, for: architecture) else { return choice == .promised ? .promised : .offered }
        guard choice == .whereOffered else { throw obstacle }
        return .unavailable(obstacle)
    }

    /// The same where not all of a machine's state is known.
    /// - Parameters:
    ///   - hasCapacity: the kernel names the room that it wants in an elfcorehdr, as all do that rewrite one
    ///   - architecture: nil for one that no plans are made for
    public static func obstacle(
        files: KexecFiles, hasCapacity: Bool, release: KernelRelease?, for architecture: (any TargetArchitecture)?
    ) -> HotplugObstacle? {
        guard !hasCapacity else { return nil }
        guard let architecture else { return .missing(files.elfcorehdrCapacityFile, release: release, first: nil) }
        guard let first = architecture.firstKernelWithHotplug else { return .noKernelUpdates(machine: architecture.name) }
        return .missing(files.elfcorehdrCapacityFile, release: release, first: first)
    }
}

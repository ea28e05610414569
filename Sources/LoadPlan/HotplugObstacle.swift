import HostState
import SystemPackage

/// The piece that is missing for `--hotplug`, in the same words wherever it is missed.
public enum HotplugObstacle: Error, Hashable, CustomStringConvertible {
    /// No kernel of the machine, by its name, rewrites anything.
    case noKernelUpdates(machine: String)
    /// The kernel lacks CONFIG_CRASH_HOTPLUG, whose file is not there; the first kernel of the machine that could have it.
    case missing(FilePath, release: KernelRelease?, first: KernelRelease?)
    /// The kernel took an image, and its file says that it will not update it.
    case declined(FilePath)
    /// fadump's header is made at registration: what hotplug_ready says.
    case registrationGoesStale(String)

    /// The same, from the reading.
    /// - Parameter ready: fadump's hotplug_ready
    public static func registrationGoesStale(_ ready: Reading<UInt64>) -> HotplugObstacle {
        switch ready {
        case .found(let value, let file): .registrationGoesStale("\(file) reads \(value)")
        case .absent(let file): .registrationGoesStale("\(file) is missing")
        case .unreadable(_, let error): .registrationGoesStale("\(error)")
        }
    }

    /// What is missing, and where that is shown.
    public var reason: String {
        switch self {
        case .noKernelUpdates(let machine): "no kernel for \(machine) updates a crash image when memory or CPUs come and go"
        case .missing(let file, let release, _):
            "this kernel\(release.map { ", Linux \($0)," } ?? "") cannot update a crash image on hotplug: \(file) is missing"
        case .declined(let file): "\(file) reads 0 after the load: the kernel took the image but will not update it"
        case .registrationGoesStale(let why):
            "fadump is enabled, and \(why): this kernel writes the dump's header when it registers, and the header goes stale when memory comes and goes"
        }
    }

    /// What to do instead.
    public var remedy: String {
        switch self {
        case .noKernelUpdates, .declined: "load the image anew after such an event"
        case .missing(_, _, let first):
            "boot \(first.map { "Linux \($0) or newer" } ?? "a kernel") with CONFIG_CRASH_HOTPLUG, or load the image anew after such an event"
        case .registrationGoesStale:
            "boot Linux 6.10 or newer, or register without --hotplug and run swkexec fadump reload after every change"
        }
    }

    public var description: String { "--hotplug: \(reason); \(remedy)" }
}

/// What is asked of a crash image for the time when memory and CPUs come and go.
public enum HotplugChoice: Hashable, Sendable {
    /// Nothing was said: the running kernel updates the image where it offers to, as it does with an image of its own loader.
    case whereOffered
    /// `--hotplug`: it updates the image, or nothing is loaded.
    case promised
    /// `--no-hotplug`: it does not.
    case off
}

/// What came of that choice on a machine.
public enum HotplugUpdates: Hashable, Sendable {
    /// The kernel updates the image, which was promised.
    case promised
    /// The kernel updates the image, which it offers.
    case offered
    /// The image goes stale, as was asked for.
    case off
    /// The image goes stale, because something is missing that nobody asked for.
    case unavailable(HotplugObstacle)

    /// Whether the kernel is asked to update the image.
    public var areRequested: Bool { self == .promised || self == .offered }

    /// A word of the JSON form.
    public var word: String {
        switch self {
        case .promised: "promised"
        case .offered: "offered"
        case .off: "off"
        case .unavailable: "unavailable"
        }
    }
}

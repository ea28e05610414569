import HostState

/// What a crash would lead to now, as far as fadump is concerned.
public struct FadumpOutlook: Hashable, Sendable {
    /// Whether a dump would be captured, by firmware or crash image; nil where that is not known.
    public let isCaptured: Bool?
    /// The same with the reason, as one sentence.
    public let sentence: String

    /// Judges by what was read below `root`, the crash image there included.
    public init(_ state: FadumpState, root: SystemRoot) {
        (isCaptured, sentence) = Self.outlook(state, root)
    }

    private static func outlook(_ state: FadumpState, _ root: SystemRoot) -> (Bool?, String) {
        switch state.enabled {
        case .absent(let file):
            let why =
                state.firmwareCan
                ? "the firmware could take a dump, but this kernel cannot (CONFIG_FA_DUMP): there is no \(file)"
                : "this kernel has no firmware-assisted dump: there is no \(file)"
            return image(root, why)
        case .unreadable(_, let error): return (nil, "it is not known whether fadump is enabled: \(error)")
        case .found(0, _): return image(root, "fadump is disabled")
        case .found: break
        }
        switch state.registered {
        case .unreadable(_, let error): return (nil, "it is not known whether fadump is registered: \(error)")
        case .absent(let file): return (nil, "it is not known whether fadump is registered: there is no \(file)")
        case .found(0, _) where state.isDumpActive == true:
            return (false, "a dump waits to be saved and released; another crash now would leave none")
        case .found(0, _): return (false, "fadump is enabled and not registered: a crash now would leave no dump")
        case .found: break
        }
        let taken = "the firmware would save the memory and start the capture kernel"
        switch state.hotplugReady {
        case .found(1, _): return (true, "\(taken), which describes all memory that there is then")
        case .unreadable: return (true, taken)
        case .found, .absent:
            return (true, "\(taken); its dump describes the memory that there was at registration")
        }
    }

    /// Without fadump it is the crash image that counts.
    private static func image(_ root: SystemRoot, _ why: String) -> (Bool?, String) {
        switch KexecFiles(root).crashImageLoaded {
        case .found(0, _): return (false, "\(why), and no crash image is loaded: a crash now would leave no dump")
        case .found: return (true, "\(why); a crash now would start the loaded crash image")
        case .absent: return (nil, "\(why), and it is not known whether a crash image is loaded")
        case .unreadable(_, let error): return (nil, "\(why), and it is not known whether a crash image is loaded: \(error)")
        }
    }
}

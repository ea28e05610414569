import HostState
import SystemPackage

/// Starts the loaded image.
public struct Reboot {
    private let systemCalls: any KexecSystemCalls
    private let root: SystemRoot

    /// - Parameter root: where it is read whether an image is loaded
    public init(_ systemCalls: any KexecSystemCalls, root: SystemRoot) {
        self.systemCalls = systemCalls
        self.root = root
    }

    /// Why nothing was started. Nothing was changed either, unless it says so.
    public enum Failure: Error, CustomStringConvertible {
        /// There is no image to start.
        case nothingLoaded
        /// Whether there is one cannot be read: why.
        case loadedUnknown(String)
        /// A call failed: its name, the answer, and what was done before.
        case call(String, Errno, String)

        public var description: String {
            switch self {
            case .nothingLoaded: "no image is loaded: nothing was done (load one with -l)"
            case .loadedUnknown(let why): "\(why): it is not known whether an image is loaded, and nothing was done"
            case .call(let name, let errno, let after): "\(name): \(errno)\(after)"
            }
        }
    }

    /// Throws unless sysfs says that an image is loaded: without one the reboot would fail after
    /// the network is already gone.
    public func requireLoadedImage() throws(Failure) {
        switch KexecFiles(root).imageLoaded {
        case .found(0, _): throw .nothingLoaded
        case .found: return
        case .absent:
            let names = KexecFiles.loadedNames.map { root.file($0).string }.joined(separator: " nor ")
            throw .loadedUnknown("neither \(names) exists")
        case .unreadable(_, let error): throw .loadedUnknown("\(error)")
        }
    }

    /// Jumps into the loaded image at once: sync, interfaces down, reboot(2). Returns when the image
    /// was loaded with KEXEC_PRESERVE_CONTEXT and has jumped back.
    public func execute(synchronizes: Bool, takesInterfacesDown: Bool, warn: (String) -> Void) throws(Failure) {
        try requireLoadedImage()
        if synchronizes { systemCalls.synchronize() }
        var after = ""
        if takesInterfacesDown {
            do throws(Errno) { try systemCalls.takeInterfacesDown() } catch {
                warn("not every network interface could be taken down: \(error)")
            }
            after = "; network interfaces were taken down"
        }
        do throws(Errno) { try systemCalls.rebootIntoImage() } catch { throw .call("reboot", error, after) }
        if takesInterfacesDown { warn("the other kernel has jumped back; network interfaces are still down (-x leaves them up)") }
    }

    /// Has init shut down and start the image at the end. Returns only in tests.
    public func shutDown() throws(Failure) {
        try requireLoadedImage()
        do throws(Errno) { try systemCalls.runShutdown() } catch { throw .call("shutdown -r now", error, ": not started") }
    }
}

import HostState
import LoadPlan
import SystemPackage

/// `swkexec -S`: whether an image is loaded, as the exit status.
enum StatusCommand {
    /// What is not known, because no file can be read.
    static let unknown: Int32 = 255

    static func run(_ purpose: LoadPlan.Purpose, root: FilePath, usesFadump: Bool, isVerbose: Bool) -> Int32 {
        let root = SystemRoot(root)
        if purpose == .crash, usesFadump, let registered = FadumpLoadCommand.isRegistered(root) {
            switch registered {
            case .success(let isRegistered):
                if isVerbose { _ = Terminal.write(isRegistered ? "fadump is registered\n" : "fadump is enabled and not registered\n") }
                return isRegistered ? 1 : 0
            case .failure(let error):
                Terminal.complain("\(error)")
                return unknown
            }
        }
        let names = purpose == .crash ? HostState.crashLoadedNames : HostState.loadedNames
        let image = purpose == .crash ? "crash image" : "image for the next reboot"
        do {
            guard let loaded = try HostState.isLoaded(names, in: root) else {
                let paths = names.map { root.file($0).string }.joined(separator: " nor ")
                Terminal.complain("neither \(paths) exists: this kernel has no kexec")
                return unknown
            }
            if isVerbose { _ = Terminal.write(loaded ? "the \(image) is loaded\n" : "no \(image) is loaded\n") }
            return loaded ? 1 : 0
        } catch {
            Terminal.complain("\(error)")
            return unknown
        }
    }
}

import HostState
import LoadPlan
import SystemPackage

/// `swkexec -S`: whether an image is loaded, as the exit status.
enum StatusCommand {
    /// What is not known, because no file can be read.
    static let unknown = FailureStatus.whereStatusAnswers

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
        let image = purpose == .crash ? "crash image" : "image for the next reboot"
        switch KexecFiles(root).imageLoaded(for: purpose) {
        case .found(let value, _):
            let isLoaded = value != 0
            if isVerbose { _ = Terminal.write(isLoaded ? "the \(image) is loaded\n" : "no \(image) is loaded\n") }
            return isLoaded ? 1 : 0
        case .absent:
            let names = purpose == .crash ? KexecFiles.crashLoadedNames : KexecFiles.loadedNames
            let paths = names.map { root.file($0).string }.joined(separator: " nor ")
            Terminal.complain("neither \(paths) exists: this kernel has no kexec")
        case .unreadable(_, let error): Terminal.complain("\(error)")
        }
        return unknown
    }
}

extension KexecFiles {
    /// Not 0 when an image of that kind is loaded.
    func imageLoaded(for purpose: LoadPlan.Purpose) -> Reading<UInt64> {
        switch purpose {
        case .crash: crashImageLoaded
        case .reboot: imageLoaded
        }
    }
}

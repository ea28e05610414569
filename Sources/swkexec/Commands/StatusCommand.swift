import HostState
import SystemPackage

/// `swkexec -S`: the exit status tells whether a crash image is loaded.
enum StatusCommand {
    /// What cannot be told.
    static let unknown: Int32 = 255

    static func run(root: FilePath, isVerbose: Bool) -> Int32 {
        let root = SystemRoot(root)
        do {
            guard let loaded = try HostState.isLoaded(HostState.crashLoadedNames, in: root) else {
                let names = HostState.crashLoadedNames.map { root.file($0).string }.joined(separator: " nor ")
                Terminal.complain("neither \(names) exists: this kernel has no crash kernel support")
                return unknown
            }
            if isVerbose { _ = Terminal.write(loaded ? "a crash image is loaded\n" : "no crash image is loaded\n") }
            return loaded ? 1 : 0
        } catch {
            Terminal.complain("\(error)")
            return unknown
        }
    }
}

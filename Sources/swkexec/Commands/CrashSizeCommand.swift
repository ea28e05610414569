import HostState
import LoadPlan
import SystemPackage

/// `swkexec --print-ckr-size`: the bytes reserved for a crash kernel.
enum CrashSizeCommand {
    static func run(root: FilePath) throws -> Int32 {
        let root = SystemRoot(root)
        guard let size = try HostState.crashSize(in: root) else {
            throw PlanError.missingFact(root.file(HostState.crashSizeNames[0]), "how much is reserved for a crash kernel")
        }
        return Terminal.write("\(size)\n") ? 0 : 1
    }
}

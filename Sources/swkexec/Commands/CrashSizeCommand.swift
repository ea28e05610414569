import HostState
import LoadPlan
import SystemPackage

/// `swkexec --print-ckr-size`: the bytes reserved for a crash kernel.
enum CrashSizeCommand {
    static func run(root: FilePath) throws -> Int32 {
        let reading = KexecFiles(SystemRoot(root)).crashSize
        guard let size = try reading.get() else { throw PlanError.notShown(reading.file, "how much is reserved for a crash kernel") }
        return Terminal.write("\(size)\n") ? 0 : 1
    }
}

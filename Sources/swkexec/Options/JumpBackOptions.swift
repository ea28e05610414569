import CommandLineOptions
import PhysicalMemory
import Reports
import SystemPackage

/// The options of `--load-jump-back-helper`.
struct JumpBackOptions {
    /// Nil for what the running kernel was told.
    let target: PhysicalAddress?
    let memoryWindow: PhysicalRange?
    var root: FilePath
    let architecture: String?
    let isDryRun: Bool
    let format: PlanFormat
    let isVerbose: Bool

    init(_ parsed: ParsedOptions) throws(UsageError) {
        try parsed.requireNoWords(after: .loadJumpBackHelper)
        target = try parsed.address(.entry).map { PhysicalAddress($0) }
        memoryWindow = try LoadOptions.window(parsed)
        root = parsed.argument(.sysroot)?.path ?? "/"
        architecture = parsed.argument(.architecture)?.text
        isDryRun = parsed.contains(.dryRun)
        format = try LoadOptions.format(parsed)
        isVerbose = parsed.contains(.debug)
    }
}

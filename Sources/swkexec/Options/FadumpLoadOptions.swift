import CommandLineOptions
import LoadPlan
import Reports
import SystemPackage

/// What of the options of `-p` concerns firmware-assisted dump, which takes the image's place on a
/// machine where it is enabled.
struct FadumpLoadOptions {
    /// The kernel that is not loaded then; nil where none was named.
    let kernel: FilePath?
    let isHotplug: Bool
    var root: FilePath
    let isDryRun: Bool
    let format: PlanFormat
    let isVerbose: Bool
    /// Whether a word is said of what was done.
    let isIfNeeded: Bool

    init(_ options: LoadOptions) {
        kernel = options.kernel
        isHotplug = options.hotplug == .promised
        root = options.root
        isDryRun = options.isDryRun
        format = options.format
        isVerbose = options.isVerbose
        isIfNeeded = options.isIfNeeded
    }

    /// - Parameter parsed: a command line with -p and without a kernel
    init(_ parsed: ParsedOptions) throws(UsageError) {
        kernel = nil
        isHotplug = parsed.contains(.hotplug)
        root = parsed.argument(.sysroot)?.path ?? "/"
        isDryRun = parsed.contains(.dryRun)
        format = try LoadOptions.format(parsed)
        isVerbose = parsed.contains(.debug)
        isIfNeeded = try LoadOptions.isIfNeeded(parsed)
    }
}

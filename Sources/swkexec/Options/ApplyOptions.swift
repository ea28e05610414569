import CommandLineOptions
import LoadPlan
import Reports
import SystemPackage

/// The options of `swkexec --apply=FILE`.
struct ApplyOptions {
    var file: FilePath
    /// A plan that was made for another kernel release is taken, too.
    var isForced: Bool
    /// State of the running kernel that may be lost.
    var droppedHandover: Set<Handover>
    var isDryRun: Bool
    var format: PlanFormat
    var segmentsFolder: FilePath?
    var root: FilePath
    var architecture: String?
    var isVerbose: Bool
}

extension ApplyOptions {
    init(_ parsed: ParsedOptions) throws(UsageError) {
        try parsed.requireNoWords(after: .apply)
        guard let file = try parsed.fileName(.apply) else { throw .missingArgument("--apply") }
        self.file = file
        isForced = parsed.contains(.force)
        droppedHandover = try LoadOptions.droppedHandover(parsed)
        isDryRun = parsed.contains(.dryRun)
        format = try LoadOptions.format(parsed)
        segmentsFolder = parsed.argument(.writeSegments)?.path
        root = parsed.argument(.sysroot)?.path ?? "/"
        architecture = parsed.argument(.architecture)?.text
        isVerbose = parsed.contains(.debug)
    }
}

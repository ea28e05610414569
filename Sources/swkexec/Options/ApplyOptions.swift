import Reports
import SystemPackage

/// The options of `swkexec --apply=FILE`.
struct ApplyOptions {
    var file: FilePath
    /// A plan that was made for another kernel release is taken, too.
    var isForced: Bool
    var isDryRun: Bool
    var format: PlanFormat
    var segmentsFolder: FilePath?
    var root: FilePath
    var architecture: String?
    var isVerbose: Bool
}

extension ApplyOptions {
    private static let allowed: [OptionID] = [
        .apply, .force, .dryRun, .format, .writeSegments, .sysroot, .architecture, .debug,
    ]

    init(_ parsed: ParsedOptions) throws(UsageError) {
        try parsed.requireNoWords(after: .apply)
        for option in parsed.options where !Self.allowed.contains(option.id) {
            throw .conflict("--apply carries out a plan as it was made: \(parsed.name(option.id)) has no meaning with it")
        }
        guard let file = try parsed.fileName(.apply) else { throw .missingArgument("--apply") }
        self.file = file
        isForced = parsed.contains(.force)
        isDryRun = parsed.contains(.dryRun)
        format = try LoadOptions.format(parsed)
        segmentsFolder = parsed.argument(.writeSegments)?.path
        root = parsed.argument(.sysroot)?.path ?? "/"
        architecture = parsed.argument(.architecture)?.text
        isVerbose = parsed.contains(.debug)
        try parsed.requireDryRun(for: [.format, .writeSegments, .sysroot, .architecture])
    }
}

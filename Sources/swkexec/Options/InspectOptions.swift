import CommandLineOptions
import Reports
import SystemPackage

/// The options of `swkexec inspect`.
struct InspectOptions {
    var root: FilePath = "/"
    var format = PlanFormat.table
    var architecture: String?
    /// Where the segments' bytes are written to; nil for nowhere.
    var segmentFolder: FilePath?
}

extension InspectOptions {
    /// - Parameter parsed: a command line whose first word is `inspect`
    init(_ parsed: ParsedOptions) throws(UsageError) {
        guard parsed.words.count == 1 else { throw .conflict("inspect takes no file, '\(parsed.words[1].text)' was given") }
        root = parsed.argument(.sysroot)?.path ?? "/"
        if let text = parsed.argument(.format)?.text {
            guard let format = PlanFormat(rawValue: text) else {
                throw .badArgument(option: "--format", value: text, allowed: "table, map or json")
            }
            self.format = format
        }
        architecture = parsed.argument(.architecture)?.text
        if let architecture { _ = try TargetMachine.architecture(named: architecture) }
        segmentFolder = try parsed.fileName(.writeSegments)
    }
}

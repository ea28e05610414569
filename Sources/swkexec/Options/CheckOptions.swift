import CommandLineOptions
import Reports
import SystemPackage

/// The options of `swkexec check`.
struct CheckOptions {
    /// The kernel to plan a load of; nil for none.
    var kernel: FilePath?
    var initrds: [FilePath] = []
    /// Bytes, as they were given.
    var append: [UInt8]?
    var isHotplug = false
    var root: FilePath = "/"
    var format = CheckFormat.table
    var architecture: String?
}

extension CheckOptions {
    /// - Parameter parsed: a command line whose first word is `check`
    init(_ parsed: ParsedOptions) throws(UsageError) {
        guard parsed.words.count <= 2 else { throw .conflict("one kernel at a time: '\(parsed.words[2].text)' is one too many") }
        if parsed.words.count == 2 {
            guard !parsed.words[1].bytes.isEmpty else { throw .conflict("the kernel's name is empty") }
            kernel = parsed.words[1].path
        } else {
            for id in [OptionID.initrd, .commandLine] where parsed.contains(id) {
                throw .conflict("\(parsed.name(id)) needs a kernel: swkexec check KERNEL \(parsed.name(id))=…")
            }
        }
        guard parsed.arguments(.initrd).allSatisfy({ !$0.bytes.isEmpty }) else { throw .conflict("--initrd: the file's name is empty") }
        initrds = parsed.arguments(.initrd).map(\.path)
        append = parsed.argument(.commandLine)?.bytes
        isHotplug = parsed.contains(.hotplug)
        root = parsed.argument(.sysroot)?.path ?? "/"
        if let text = parsed.argument(.format)?.text {
            guard let format = CheckFormat(rawValue: text) else {
                throw .badArgument(option: "--format", value: text, allowed: "table, json, prometheus or nagios")
            }
            self.format = format
        }
        architecture = parsed.argument(.architecture)?.text
        if let architecture { _ = try TargetMachine.architecture(named: architecture) }
    }
}

import CommandLineOptions
import KexecSystem
import LoadPlan
import PhysicalMemory
import SystemPackage

/// What the user wants, checked as far as that goes without looking at any file.
enum Invocation {
    case help
    case fadumpHelp
    case version
    case completion(Completions.Shell)
    case snapshot(FilePath)
    case check(CheckOptions)
    case inspect(InspectOptions)
    case fadump(FadumpOptions)
    case status(LoadPlan.Purpose, root: FilePath, usesFadump: Bool, isVerbose: Bool)
    case printCrashSize(root: FilePath)
    case unload(LoadPlan.Purpose, SyscallChoice, usesFadump: Bool, architecture: String?)
    case execute(ExecuteOptions)
    case loadJumpBack(JumpBackOptions)
    case load(LoadOptions)
    /// -p without a kernel: only firmware-assisted dump needs none.
    case loadWithoutKernel(FadumpLoadOptions)
    case apply(ApplyOptions)
    case writeApplier(FilePath, architecture: String?)

    init(_ parsed: ParsedOptions) throws(UsageError) {
        let isFadump = parsed.table[.header] != nil
        if parsed.contains(.help) {
            self = isFadump ? .fadumpHelp : .help
            return
        }
        if parsed.contains(.version) {
            self = .version
            return
        }
        try parsed.requireOneArgumentEach()
        if isFadump {
            self = .fadump(try FadumpOptions(parsed))
            return
        }
        guard !parsed.options.isEmpty || !parsed.words.isEmpty else { throw .conflict("nothing to do (see --help)") }
        let use = try OptionUse(parsed, for: try Action(parsed))
        let options = use.options
        let root = options.argument(.sysroot)?.path ?? "/"
        switch use.action {
        case .status, .statusPanic:
            try options.requireNoWords(after: .status)
            self = .status(
                use.action == .status ? .reboot : .crash, root: root, usesFadump: !options.contains(.noFadump),
                isVerbose: options.contains(.debug))
        case .printCrashSize:
            try options.requireNoWords(after: .printCrashSize)
            self = .printCrashSize(root: root)
        case .unload, .unloadPanic:
            try options.requireNoWords(after: .unload)
            self = .unload(
                use.action == .unload ? .reboot : .crash, use.call, usesFadump: !options.contains(.noFadump),
                architecture: options.argument(.architecture)?.text)
        case .execute:
            try options.requireNoWords(after: .execute)
            self = .execute(ExecuteOptions(options))
        case .apply: self = .apply(try ApplyOptions(options))
        case .writeApplier: self = try Self.writeApplier(options)
        case .snapshot: self = try Self.snapshot(options)
        case .check: self = .check(try CheckOptions(options))
        case .inspect: self = .inspect(try InspectOptions(options))
        case .completion: self = try Self.completion(options)
        case .loadJumpBackHelper: self = .loadJumpBack(try JumpBackOptions(options))
        case .loadPanicWithoutKernel: self = .loadWithoutKernel(try FadumpLoadOptions(options))
        default: self = .load(try LoadOptions(use))
        }
    }

    private static func writeApplier(_ parsed: ParsedOptions) throws(UsageError) -> Invocation {
        try parsed.requireNoWords(after: .writeApplier)
        guard let file = try parsed.fileName(.writeApplier) else { throw .missingArgument("--write-applier") }
        return .writeApplier(file, architecture: parsed.argument(.architecture)?.text)
    }

    private static func completion(_ parsed: ParsedOptions) throws(UsageError) -> Invocation {
        guard parsed.words.count == 2, let shell = Completions.Shell(rawValue: parsed.words[1].text) else {
            let shells = Completions.Shell.allCases.map(\.rawValue).joined(separator: ", ")
            throw .conflict("completion takes the name of a shell: \(shells)")
        }
        return .completion(shell)
    }

    private static func snapshot(_ parsed: ParsedOptions) throws(UsageError) -> Invocation {
        guard parsed.words.count == 2 else { throw .conflict("snapshot takes one folder: swkexec snapshot DIR") }
        return .snapshot(parsed.words[1].path)
    }
}

/// The options of starting an image at once.
struct ExecuteOptions {
    let synchronizes: Bool
    let takesInterfacesDown: Bool

    init(_ parsed: ParsedOptions) {
        synchronizes = !parsed.contains(.noSync)
        takesInterfacesDown = !parsed.contains(.noInterfacesDown)
    }
}

extension ParsedOptions {
    func requireNoWords(after action: OptionID) throws(UsageError) {
        if let word = words.first { throw .conflict("\(name(action)) takes no file, '\(word.text)' was given") }
    }
}

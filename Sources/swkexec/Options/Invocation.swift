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
        if parsed.contains(.help) {
            self = parsed.isFadump ? .fadumpHelp : .help
            return
        }
        if parsed.contains(.version) {
            self = .version
            return
        }
        if parsed.isFadump {
            self = .fadump(try FadumpOptions(parsed))
            return
        }
        // A first word may name a subcommand; with -l, -p or -f it is a kernel of that name.
        if !parsed.contains(.loadPanic), !parsed.contains(.load), !parsed.contains(.force) {
            switch parsed.words.first?.text {
            case "snapshot":
                self = try Self.snapshot(parsed)
                return
            case "check":
                self = .check(try CheckOptions(parsed))
                return
            case "completion":
                self = try Self.completion(parsed)
                return
            case OptionTable.fadumpWord: throw .conflict("fadump comes first: swkexec fadump … [OPTION...]")
            default: break
            }
        }
        let actions = [OptionID.status, .unload, .execute, .printCrashSize, .apply, .writeApplier].filter { parsed.contains($0) }
        guard actions.count <= 1 else { throw .conflict("two actions at once: \(parsed.name(actions[0])) and \(parsed.name(actions[1]))") }
        let root = parsed.argument(.sysroot)?.path ?? "/"
        switch actions.first {
        case .status:
            try parsed.requireNoWords(after: .status)
            let purpose = parsed.contains(.load) ? LoadPlan.Purpose.reboot : .crash
            self = .status(purpose, root: root, usesFadump: try parsed.usesFadump(for: purpose), isVerbose: parsed.contains(.debug))
        case .printCrashSize:
            try parsed.requireNoWords(after: .printCrashSize)
            self = .printCrashSize(root: root)
        case .unload:
            try parsed.requireNoWords(after: .unload)
            try parsed.requireThisMachine(for: .unload)
            let purpose = parsed.contains(.loadPanic) ? LoadPlan.Purpose.crash : .reboot
            self = .unload(
                purpose, parsed.syscall, usesFadump: try parsed.usesFadump(for: purpose), architecture: parsed.argument(.architecture)?.text
            )
        case .execute:
            try parsed.requireNoWords(after: .execute)
            try parsed.requireThisMachine(for: .execute)
            for id in [OptionID.load, .loadPanic] where parsed.contains(id) {
                throw .conflict("two actions at once: \(parsed.name(id)) and \(parsed.name(.execute))")
            }
            self = .execute(ExecuteOptions(parsed))
        case .apply: self = .apply(try ApplyOptions(parsed))
        case .writeApplier: self = try Self.writeApplier(parsed)
        default:
            let isCrashLoad = parsed.contains(.loadPanic) && !parsed.contains(.load) && !parsed.contains(.force)
            if parsed.contains(.loadJumpBackHelper) {
                self = .loadJumpBack(try JumpBackOptions(parsed))
            } else if isCrashLoad && parsed.words.isEmpty && !parsed.contains(.noFadump) {
                self = .loadWithoutKernel(try FadumpLoadOptions(parsed))
            } else {
                self = .load(try LoadOptions(parsed))
            }
        }
    }

    private static func writeApplier(_ parsed: ParsedOptions) throws(UsageError) -> Invocation {
        try parsed.requireNoWords(after: .writeApplier)
        for option in parsed.options where ![.writeApplier, .architecture].contains(option.id) {
            throw .conflict("--write-applier writes a program and does nothing else: \(parsed.name(option.id)) has no meaning with it")
        }
        guard let file = try parsed.fileName(.writeApplier) else { throw .missingArgument("--write-applier") }
        return .writeApplier(file, architecture: parsed.argument(.architecture)?.text)
    }

    private static func completion(_ parsed: ParsedOptions) throws(UsageError) -> Invocation {
        guard parsed.options.isEmpty, parsed.words.count == 2, let shell = Completions.Shell(rawValue: parsed.words[1].text) else {
            let shells = Completions.Shell.allCases.map(\.rawValue).joined(separator: ", ")
            throw .conflict("completion takes the name of a shell: \(shells)")
        }
        return .completion(shell)
    }

    private static func snapshot(_ parsed: ParsedOptions) throws(UsageError) -> Invocation {
        guard parsed.words.count == 2 else { throw .conflict("snapshot takes one folder: swkexec snapshot DIR") }
        guard parsed.options.allSatisfy({ $0.id == .debug }) else { throw .conflict("snapshot takes no options") }
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
    /// The option as messages call it.
    func name(_ id: OptionID) -> String {
        guard let row = OptionTable.row(id) else { return "" }
        // Nobody looks for "-n" who wrote --dry-run; letters of kexec-tools are better known.
        if id == .dryRun { return "--dry-run" }
        return row.short.map { "-\($0)" } ?? row.long.first.map { "--\($0)" } ?? ""
    }

    /// The last of -a, -s, -c; without any, -a.
    var syscall: SyscallChoice {
        let choices: [OptionID: SyscallChoice] = [
            .kexecSyscall: .kexecLoad, .kexecFileSyscall: .kexecFileLoad, .kexecSyscallAutomatic: .automatic,
        ]
        return options.reversed().lazy.compactMap { choices[$0.id] }.first ?? .automatic
    }

    func requireNoWords(after action: OptionID) throws(UsageError) {
        if let word = words.first { throw .conflict("\(name(action)) takes no file, '\(word.text)' was given") }
    }

    /// What acts on this machine cannot be tried on another.
    func requireThisMachine(for action: OptionID) throws(UsageError) {
        for id in [OptionID.dryRun, .sysroot] where contains(id) {
            throw .conflict("\(name(action)) acts on this machine: \(name(id)) has no meaning with it")
        }
    }

    /// An option's argument as the name of a file; nil when the option is not there.
    func fileName(_ id: OptionID) throws(UsageError) -> FilePath? {
        guard let word = argument(id) else { return nil }
        guard !word.bytes.isEmpty else { throw .conflict("\(name(id)): the file's name is empty") }
        return word.path
    }

    /// For what is not carried out: these options say how it is made, or what becomes of it instead.
    func requireDryRun(for ids: [OptionID]) throws(UsageError) {
        guard !contains(.dryRun) else { return }
        for id in ids where contains(id) {
            throw .conflict("\(name(id)) needs --dry-run: a plan for another machine or for reading is not loaded")
        }
    }

    /// An address, as strtoul(3) with base 0 reads it.
    func address(_ id: OptionID) throws(UsageError) -> UInt64? {
        try value(id, allowed: "an address: 0x and hexadecimal digits, 0 and octal ones, or decimal ones") { text in
            if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt64(text.dropFirst(2), radix: 16) }
            if text.hasPrefix("0"), text.count > 1 { return UInt64(text.dropFirst(), radix: 8) }
            return UInt64(text)
        }
    }

    /// The option's argument, turned into a value by `convert`; nil when the option is not there.
    func value<Value>(_ id: OptionID, allowed: String, _ convert: (String) -> Value?) throws(UsageError) -> Value? {
        guard let text = argument(id)?.text else { return nil }
        guard let value = convert(text) else { throw .badArgument(option: name(id), value: text, allowed: allowed) }
        return value
    }
}

import LoadPlan
import PhysicalMemory
import Purgatory
import SystemPackage

/// What the user wants, checked as far as that goes without looking at any file.
enum Invocation {
    case help
    case version
    case snapshot(FilePath)
    case status(root: FilePath, isVerbose: Bool)
    case unload(crash: Bool, architecture: String?)
    case load(LoadOptions)
}

/// The options of a load.
struct LoadOptions {
    enum Format: String, CaseIterable {
        case table, map, json
    }

    var kernel: FilePath
    var initrd: FilePath?
    /// Bytes, as they were given.
    var append: [UInt8]?
    var reusesCommandLine: Bool
    var isHotplug: Bool
    var checksDigest: Bool
    var onMismatch: PurgatoryImage.MismatchAction
    var memoryWindow: PhysicalRange?
    var serialBase: UInt16?
    var serialBaud: UInt32?
    var rngSeed: [UInt8]?
    var root: FilePath
    var architecture: String?
    var isDryRun: Bool
    var format: Format
    var segmentsFolder: FilePath?
    var isVerbose: Bool
}

extension Invocation {
    init(_ parsed: ParsedOptions) throws(UsageError) {
        if parsed.contains(.help) { self = .help; return }
        if parsed.contains(.version) { self = .version; return }
        if parsed.words.first?.text == "snapshot", !parsed.contains(.loadPanic) {
            self = try Self.snapshot(parsed)
            return
        }
        switch (parsed.contains(.status), parsed.contains(.unload)) {
        case (true, true): throw .conflict("two actions at once: -S and -u")
        case (true, false):
            try parsed.requireNoWords(after: "-S")
            self = .status(root: parsed.argument(.sysroot)?.path ?? "/", isVerbose: parsed.contains(.debug))
        case (false, true):
            try parsed.requireNoWords(after: "-u")
            for id in [OptionID.dryRun, .sysroot] where parsed.contains(id) {
                throw .conflict("-u unloads on this machine: \(parsed.name(id)) has no meaning with it")
            }
            self = .unload(crash: parsed.contains(.loadPanic), architecture: parsed.argument(.architecture)?.text)
        case (false, false): self = .load(try LoadOptions(parsed))
        }
    }

    private static func snapshot(_ parsed: ParsedOptions) throws(UsageError) -> Invocation {
        guard parsed.words.count == 2 else { throw .conflict("snapshot takes one folder: swkexec snapshot DIR") }
        guard parsed.options.allSatisfy({ $0.id == .debug }) else { throw .conflict("snapshot takes no options") }
        return .snapshot(parsed.words[1].path)
    }
}

extension ParsedOptions {
    /// The option as messages call it.
    func name(_ id: OptionID) -> String { OptionTable.row(id)?.long.first.map { "--\($0)" } ?? "" }

    fileprivate func requireNoWords(after action: String) throws(UsageError) {
        if let word = words.first { throw .conflict("\(action) takes no file, '\(word.text)' was given") }
    }

    /// The option's argument, turned into a value by `convert`; nil when the option is not there.
    fileprivate func value<Value>(
        _ id: OptionID, allowed: String, _ convert: (String) -> Value?
    ) throws(UsageError) -> Value? {
        guard let text = argument(id)?.text else { return nil }
        guard let value = convert(text) else { throw .badArgument(option: name(id), value: text, allowed: allowed) }
        return value
    }
}

extension LoadOptions {
    init(_ parsed: ParsedOptions) throws(UsageError) {
        guard parsed.contains(.loadPanic) else {
            throw .conflict(parsed.words.isEmpty && parsed.options.isEmpty ? "nothing to do (see --help)" : "no action: say -p to load a crash kernel, -u or -S (see --help)")
        }
        guard let kernel = parsed.words.first else { throw .conflict("-p needs a kernel") }
        guard parsed.words.count == 1 else { throw .conflict("one kernel at a time: '\(parsed.words[1].text)' is one too many") }
        guard !kernel.bytes.isEmpty else { throw .conflict("the kernel's name is empty") }
        guard parsed.argument(.initrd)?.bytes.isEmpty != true else { throw .conflict("--initrd: the file's name is empty") }
        self.kernel = kernel.path
        initrd = parsed.argument(.initrd)?.path
        append = parsed.argument(.commandLine)?.bytes
        reusesCommandLine = parsed.contains(.reuseCommandLine)
        isHotplug = parsed.contains(.hotplug)
        checksDigest = !parsed.contains(.noChecks)
        onMismatch = try parsed.value(.onMismatch, allowed: "'halt' or 'reset'") {
            ["halt": PurgatoryImage.MismatchAction.halt, "reset": .reset][$0]
        } ?? .halt
        memoryWindow = try Self.window(parsed)
        serialBase = try parsed.value(.serial, allowed: "ttyS0 to ttyS3 or an I/O port like 0x3f8") { SerialPort.base(named: $0) }
        serialBaud = try parsed.value(.serialBaud, allowed: "a speed from 1 to \(SerialPort.highestBaud)") {
            UInt32($0).flatMap { 1...SerialPort.highestBaud ~= $0 ? $0 : nil }
        }
        rngSeed = try parsed.value(.rngSeed, allowed: "64 hexadecimal digits", Self.seed)
        root = parsed.argument(.sysroot)?.path ?? "/"
        architecture = parsed.argument(.architecture)?.text
        isDryRun = parsed.contains(.dryRun)
        format = try parsed.value(.format, allowed: "table, map or json") { Format(rawValue: $0) } ?? .table
        segmentsFolder = parsed.argument(.writeSegments)?.path
        isVerbose = parsed.contains(.debug)
        guard !isDryRun else { return }
        for id in [OptionID.format, .writeSegments, .sysroot, .architecture] where parsed.contains(id) {
            throw .conflict("\(parsed.name(id)) needs --dry-run: a plan for another machine or for reading is not loaded")
        }
    }

    private static func window(_ parsed: ParsedOptions) throws(UsageError) -> PhysicalRange? {
        let allowed = "an address: 0x and hexadecimal digits, 0 and octal ones, or decimal ones"
        let lowest = try parsed.value(.memoryMinimum, allowed: allowed, address)
        let highest = try parsed.value(.memoryMaximum, allowed: allowed, address)
        guard lowest != nil || highest != nil else { return nil }
        guard let window = PhysicalRange(
            start: PhysicalAddress(lowest ?? 0), last: PhysicalAddress(min(highest ?? .max, .max - 1)))
        else { throw .conflict("--mem-min is above --mem-max") }
        return window
    }

    /// As strtoul(3) with base 0 reads it.
    private static func address(_ text: String) -> UInt64? {
        if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt64(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0"), text.count > 1 { return UInt64(text.dropFirst(), radix: 8) }
        return UInt64(text)
    }

    private static func seed(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") ? $0 - 48 : ($0 | 0x20) &- 87 }
        guard digits.count == 64, digits.allSatisfy({ $0 < 16 }) else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

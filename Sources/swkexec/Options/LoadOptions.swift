import CommandLineOptions
import KernelImage
import KexecSystem
import LoadPlan
import PhysicalMemory
import Purgatory
import Reports
import SystemPackage

/// The options of a load that every machine has, and the machine as its own options ask for it.
struct LoadOptions {
    /// What follows a load.
    enum Then {
        /// -l, -p: nothing.
        case nothing
        /// No action given: shutdown -r now.
        case shutDown
        /// -f: the image is started at once.
        case execute(ExecuteOptions)
    }

    enum Initrd {
        case files([FilePath])
        /// What the running kernel kept of its own.
        case retained
    }

    var purpose: LoadPlan.Purpose
    /// This kernel keeps its context while the other one runs.
    var preservesContext: Bool
    var then: Then
    var syscall: SyscallChoice
    /// Options given that kexec_load alone can honour.
    var segmentOptions: [String]
    /// Of options that are not used, and of those that only one call could honour.
    var warnings: [String]
    var fileFlags: KexecFileFlags
    /// Nil where none was named, and an installed one is looked for.
    var kernel: FilePath?
    /// What of kernel and initrd is not named is the running release's, where distributions put it.
    var usesInstalled: Bool
    /// Nothing is loaded where the image that is loaded is the one that would be.
    var isIfNeeded: Bool
    /// What the kernel must be; nil for anything.
    var type: ImageType?
    var initrd: Initrd?
    /// Where the image is entered; nil for purgatory.
    var entryAddress: PhysicalAddress?
    /// Bytes, as they were given.
    var append: [UInt8]?
    var reusesCommandLine: Bool
    var hotplug: HotplugChoice
    /// Whether firmware-assisted dump may take the image's place.
    var usesFadump: Bool
    var checksDigest: Bool
    var onMismatch: PurgatoryImage.MismatchAction
    var memoryWindow: PhysicalRange?
    /// State of the running kernel that may be lost.
    var droppedHandover: Set<Handover>
    var rngSeed: [UInt8]?
    var root: FilePath
    /// As its own options ask for it.
    var machine: any TargetArchitecture
    var isDryRun: Bool
    /// Where the plan is written instead of being carried out.
    var planFile: FilePath?
    var format: PlanFormat
    var segmentsFolder: FilePath?
    var isVerbose: Bool
}

extension LoadOptions {
    init(_ use: OptionUse) throws(UsageError) {
        let parsed = use.options
        purpose = parsed.contains(.loadPanic) ? .crash : .reboot
        preservesContext = parsed.contains(.loadPreserveContext)
        then = Self.then(use.action, parsed)
        syscall = use.call
        segmentOptions = use.needingKexecLoad
        warnings = use.warnings
        fileFlags = []
        if parsed.contains(.noCMA) { fileFlags.insert(.noCMA) }
        if parsed.contains(.forceDTB) { fileFlags.insert(.forceDTB) }
        if parsed.contains(.debug) { fileFlags.insert(.debug) }
        usesInstalled = parsed.contains(.installed)
        isIfNeeded = try Self.isIfNeeded(parsed)
        kernel = usesInstalled && parsed.words.isEmpty ? nil : try Self.kernel(parsed)
        type = try parsed.value(
            .type, allowed: "a known type (\(ImageType.allCases.map(\.rawValue).joined(separator: ", ")))"
        ) { ImageType(rawValue: $0) }
        initrd = try Self.initrd(parsed)
        entryAddress = try parsed.address(.entry).flatMap { $0 == 0 ? nil : PhysicalAddress($0) }
        append = parsed.argument(.commandLine)?.bytes
        reusesCommandLine = parsed.contains(.reuseCommandLine)
        hotplug = try Self.hotplug(parsed)
        usesFadump = !parsed.contains(.noFadump)
        checksDigest = !parsed.contains(.noChecks)
        onMismatch =
            try parsed.value(.onMismatch, allowed: "'halt' or 'reset'") {
                ["halt": PurgatoryImage.MismatchAction.halt, "reset": .reset][$0]
            } ?? .halt
        memoryWindow = try Self.window(parsed)
        droppedHandover = try Self.droppedHandover(parsed)
        rngSeed = try parsed.value(.rngSeed, allowed: "64 hexadecimal digits", Self.seed)
        root = parsed.argument(.sysroot)?.path ?? "/"
        machine = try TargetMachine.architecture(named: parsed.argument(.architecture)?.text).configured(by: parsed)
        isDryRun = parsed.contains(.dryRun)
        planFile = try parsed.fileName(.planFile)
        format = try Self.format(parsed)
        segmentsFolder = parsed.argument(.writeSegments)?.path
        isVerbose = parsed.contains(.debug)
    }

    static func isIfNeeded(_ parsed: ParsedOptions) throws(UsageError) -> Bool {
        guard parsed.contains(.ifNeeded) else { return false }
        for other in [OptionID.dryRun, .planFile] where parsed.contains(other) {
            throw .conflict("\(parsed.name(.ifNeeded)) decides about a load, and \(parsed.name(other)) loads nothing")
        }
        return true
    }

    private static func hotplug(_ parsed: ParsedOptions) throws(UsageError) -> HotplugChoice {
        guard parsed.contains(.hotplug) else { return parsed.contains(.noHotplug) ? .off : .whereOffered }
        guard !parsed.contains(.noHotplug) else { throw .conflict("either --hotplug or --no-hotplug") }
        return .promised
    }

    static func droppedHandover(_ parsed: ParsedOptions) throws(UsageError) -> Set<Handover> {
        let allowed = "of \(Handover.allCases.map(\.rawValue).joined(separator: ", ")) those that may be lost, with commas between"
        return try parsed.value(.dropHandover, allowed: allowed) { text in
            let words = text.split(separator: ",", omittingEmptySubsequences: false)
            let known = words.compactMap { Handover(rawValue: String($0)) }
            return known.count == words.count ? Set(known) : nil
        } ?? []
    }

    static func format(_ parsed: ParsedOptions) throws(UsageError) -> PlanFormat {
        try parsed.value(.format, allowed: "table, map or json") { PlanFormat(rawValue: $0) } ?? .table
    }

    private static func then(_ action: Action, _ parsed: ParsedOptions) -> Then {
        switch action {
        case .loadAndExecute, .preserveContextAndExecute: .execute(ExecuteOptions(parsed))
        case .loadAndShutDown: .shutDown
        default: .nothing
        }
    }

    private static func kernel(_ parsed: ParsedOptions) throws(UsageError) -> FilePath {
        guard let kernel = parsed.words.first else { throw .needsKernel }
        guard parsed.words.count == 1 else { throw .conflict("one kernel at a time: '\(parsed.words[1].text)' is one too many") }
        guard !kernel.bytes.isEmpty else { throw .conflict("the kernel's name is empty") }
        return kernel.path
    }

    private static func initrd(_ parsed: ParsedOptions) throws(UsageError) -> Initrd? {
        let files = parsed.arguments(.initrd)
        guard !files.isEmpty else { return parsed.contains(.reuseInitrd) ? .retained : nil }
        guard !parsed.contains(.reuseInitrd) else { throw .conflict("either --initrd or --reuseinitrd") }
        guard files.allSatisfy({ !$0.bytes.isEmpty }) else { throw .conflict("--initrd: the file's name is empty") }
        return .files(files.map(\.path))
    }

    static func window(_ parsed: ParsedOptions) throws(UsageError) -> PhysicalRange? {
        let lowest = try parsed.address(.memoryMinimum)
        let highest = try parsed.address(.memoryMaximum)
        guard lowest != nil || highest != nil else { return nil }
        guard
            let window = PhysicalRange(
                start: PhysicalAddress(lowest ?? 0), last: PhysicalAddress(min(highest ?? .max, .max - 1)))
        else { throw .conflict("--mem-min is above --mem-max") }
        return window
    }

    private static func seed(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") ? $0 - 48 : ($0 | 0x20) &- 87 }
        guard digits.count == 64, digits.allSatisfy({ $0 < 16 }) else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

extension UsageError {
    /// What every load is refused for that names none.
    static var needsKernel: UsageError { .conflict("a load needs a kernel") }
}

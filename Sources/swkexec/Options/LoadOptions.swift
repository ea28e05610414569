import CommandLineOptions
import KernelImage
import KexecSystem
import LoadPlan
import PhysicalMemory
import Purgatory
import Reports
import SystemPackage
import X86_64
import AArch64
import PPC64LE
import LinuxLoad

/// The options of a load.
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
        case file(FilePath)
        /// What the running kernel kept of its own.
        case retained
    }

    /// A module of a multiboot image, "FILE args".
    struct Module {
        let path: FilePath
        /// As it was given.
        let text: [UInt8]
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
    var kernel: FilePath
    /// What the kernel must be; nil for anything.
    var type: ImageType?
    /// How it is to be entered; nil for the best way it has.
    var entry: KernelEntry?
    var initrd: Initrd?
    var modules: [Module]
    var deviceTree: FilePath?
    var arguments: ProgramArguments
    /// Where the image is entered; nil for purgatory.
    var entryAddress: PhysicalAddress?
    /// Bytes, as they were given.
    var append: [UInt8]?
    var reusesCommandLine: Bool
    var isHotplug: Bool
    /// Whether firmware-assisted dump may take the image's place.
    var usesFadump: Bool
    var checksDigest: Bool
    var onMismatch: PurgatoryImage.MismatchAction
    var memoryWindow: PhysicalRange?
    /// As it was given; what it can be differs from machine to machine.
    var serial: String?
    var serialBaud: UInt32?
    /// Purgatory's serial console is ttyS0 where nothing else is said.
    var wantsSerialConsole: Bool
    /// Nil where --purgatory-cache was not given.
    var purgatoryUsesCaches: Bool?
    var screen: LoadRequest.Screen
    var passesMemoryMap: Bool
    var rngSeed: [UInt8]?
    var handsOverEFI: Bool
    /// --dt-no-old-root was not given.
    var takesOldRoot: Bool
    var root: FilePath
    var architecture: String?
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
        kernel = try Self.kernel(parsed)
        type = try parsed.value(
            .type, allowed: "a known type (\(ImageType.allCases.map(\.rawValue).joined(separator: ", ")))"
        ) { ImageType(rawValue: $0) }
        entry = try Self.entry(parsed, type)
        initrd = try Self.initrd(parsed)
        modules = try parsed.arguments(.module).map { (word) throws(UsageError) in try Self.module(word) }
        deviceTree = parsed.argument(.deviceTree).flatMap { $0.bytes.isEmpty ? nil : $0.path }
        arguments = Self.arguments(parsed)
        entryAddress = try parsed.address(.entry).flatMap { $0 == 0 ? nil : PhysicalAddress($0) }
        append = parsed.argument(.commandLine)?.bytes
        reusesCommandLine = parsed.contains(.reuseCommandLine)
        isHotplug = parsed.contains(.hotplug)
        usesFadump = !parsed.contains(.noFadump)
        checksDigest = !parsed.contains(.noChecks)
        onMismatch =
            try parsed.value(.onMismatch, allowed: "'halt' or 'reset'") {
                ["halt": PurgatoryImage.MismatchAction.halt, "reset": .reset][$0]
            } ?? .halt
        memoryWindow = try Self.window(parsed)
        serial = parsed.argument(.serial)?.text
        serialBaud = try parsed.value(.serialBaud, allowed: "a speed from 1 to \(SerialPort.highestBaud)") {
            UInt32($0).flatMap { 1...SerialPort.highestBaud ~= $0 ? $0 : nil }
        }
        wantsSerialConsole = parsed.contains(.consoleSerial)
        purgatoryUsesCaches = try parsed.value(.purgatoryCache, allowed: "on or off") { ["on": true, "off": false][$0] }
        screen = Self.screen(parsed)
        passesMemoryMap = parsed.contains(.passMemoryMap)
        rngSeed = try parsed.value(.rngSeed, allowed: "64 hexadecimal digits", Self.seed)
        handsOverEFI = !parsed.contains(.noEFI)
        takesOldRoot = !parsed.contains(.noOldRoot)
        root = parsed.argument(.sysroot)?.path ?? "/"
        architecture = parsed.argument(.architecture)?.text
        isDryRun = parsed.contains(.dryRun)
        planFile = try parsed.fileName(.planFile)
        format = try Self.format(parsed)
        segmentsFolder = parsed.argument(.writeSegments)?.path
        isVerbose = parsed.contains(.debug)
        if preservesContext, arguments == .linux, !parsed.contains(.memoryMaximum) {
            throw .conflict(
                "--load-preserve-context needs --mem-max=ADDRESS: the RAM up to there is the other kernel's, and this one's is kept aside")
        }
    }

    private static func arguments(_ parsed: ParsedOptions) -> ProgramArguments {
        parsed.last(of: [.argumentsLinux: .linux, .argumentsELF: .notes, .argumentsNone: .none]) ?? .linux
    }

    private static func screen(_ parsed: ParsedOptions) -> LoadRequest.Screen {
        var screen = LoadRequest.Screen()
        screen.isConsole = parsed.contains(.consoleVGA)
        screen.isReset = parsed.contains(.resetVGA)
        screen.keepsFirmwareMode = parsed.contains(.reuseVideoType)
        return screen
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
        guard let kernel = parsed.words.first else { throw .conflict("a load needs a kernel") }
        guard parsed.words.count == 1 else { throw .conflict("one kernel at a time: '\(parsed.words[1].text)' is one too many") }
        guard !kernel.bytes.isEmpty else { throw .conflict("the kernel's name is empty") }
        return kernel.path
    }

    private static func entry(_ parsed: ParsedOptions, _ type: ImageType?) throws(UsageError) -> KernelEntry? {
        guard !parsed.contains(.entry32Bit) || !parsed.contains(.realMode) else { throw .conflict("either --entry-32bit or --real-mode") }
        if parsed.contains(.realMode) { return .realMode }
        return parsed.contains(.entry32Bit) || type == .bzImage ? .bits32 : nil
    }

    private static func initrd(_ parsed: ParsedOptions) throws(UsageError) -> Initrd? {
        guard let file = parsed.argument(.initrd) else { return parsed.contains(.reuseInitrd) ? .retained : nil }
        guard !parsed.contains(.reuseInitrd) else { throw .conflict("either --initrd or --reuseinitrd") }
        guard !file.bytes.isEmpty else { throw .conflict("--initrd: the file's name is empty") }
        return .file(file.path)
    }

    /// The file's name ends at the first blank.
    private static func module(_ word: Word) throws(UsageError) -> Module {
        let name = word.bytes.prefix { $0 != 0x20 }
        guard !name.isEmpty else { throw .conflict("--module: the file's name is empty") }
        return Module(path: Word(Array(name)).path, text: word.bytes)
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

    /// Throws where --serial names what no port of a PC is called.
    func checkSerial(for architecture: any TargetArchitecture) throws(UsageError) {
        guard architecture.serialNames == .ioPorts, let serial, SerialPort.base(named: serial) == nil else { return }
        throw .badArgument(option: "--serial", value: serial, allowed: "ttyS0 to ttyS3 or an I/O port like 0x3f8")
    }
}

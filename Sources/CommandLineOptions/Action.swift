/// What a command line does; each does one thing. The raw value is what messages call it.
///
/// --help and --version are none: they are answered whatever stands beside them.
public enum Action: String, Hashable, CaseIterable, Sendable {
    /// A kernel for the next reboot.
    case load = "-l"
    /// A kernel without an action.
    case loadAndShutDown = "a load that ends in a shutdown"
    /// A kernel that is started at once, without a shutdown.
    case loadAndExecute = "-f"
    /// A crash kernel.
    case loadPanic = "-p"
    /// Only firmware-assisted dump can be asked for so.
    case loadPanicWithoutKernel = "-p without a kernel"
    /// A kernel to visit: this one goes on when it jumps back.
    case loadPreserveContext = "--load-preserve-context"
    /// The same, started at once.
    case preserveContextAndExecute = "--load-preserve-context -f"
    /// The image that leads back from a visit.
    case loadJumpBackHelper = "--load-jump-back-helper"
    /// Starts the kernel that is loaded.
    case execute = "-e"
    /// Gives up the image for a reboot.
    case unload = "-u"
    /// Gives up the crash image.
    case unloadPanic = "-p -u"
    /// Tells by its exit status whether an image for a reboot is loaded.
    case status = "-l -S"
    /// The same of a crash image.
    case statusPanic = "-S"
    /// Prints the size of the crash kernel's region.
    case printCrashSize = "--print-ckr-size"
    /// Loads a plan out of a file.
    case apply = "--apply"
    /// Writes swkexec-apply for a machine.
    case writeApplier = "--write-applier"
    /// Whether a panic would end in a dump.
    case check
    /// What is true of the crash image that is loaded.
    case inspect
    /// Records what plans depend on.
    case snapshot
    /// Prints the words for a shell that completes them.
    case completion

    /// The actions of `swkexec fadump`, as swkexec-fadump(8) has them. This one: what the kernel shows.
    case fadumpStatus = "fadump status"
    /// Asks the firmware for dumps.
    case fadumpRegister = "fadump register"
    /// Asks for none any more.
    case fadumpUnregister = "fadump unregister"
    /// Both, so that an older kernel describes the machine as it is now.
    case fadumpReload = "fadump reload"
    /// Gives back the memory that holds a saved dump.
    case fadumpReleaseMemory = "fadump release-memory"
    /// Adds to the capture kernel's command line.
    case fadumpAppendArguments = "fadump append-arguments"
    /// Reads a crash info header.
    case fadumpHeader = "fadump header"
    /// Computes what the capture kernel makes of one.
    case fadumpElfcorehdr = "fadump elfcorehdr"
    /// Computes what a machine would reserve.
    case fadumpPlan = "fadump plan"
}

extension Set<Action> {
    /// Every load of a kernel.
    public static let loads: Set<Action> = [
        .load, .loadAndShutDown, .loadAndExecute, .loadPanic, .loadPreserveContext, .preserveContextAndExecute,
    ]

    /// What is told apart by options and words that are not of `swkexec fadump`.
    public static let all: Set<Action> = Set(Action.allCases.filter { !$0.rawValue.hasPrefix("fadump ") })

    /// As a message names what is allowed.
    var listed: String {
        var left = self
        var names: [String] = []
        if isSuperset(of: Self.loads) {
            names.append("a load")
            left.subtract(Self.loads)
        }
        // Whoever is sent to -p need not be sent to it twice.
        if contains(.loadPanic) { left.remove(.loadPanicWithoutKernel) }
        names += Action.allCases.filter(left.contains).map(\.rawValue)
        return names.alternatives
    }
}

extension [String] {
    /// "a", "a or b", "a, b or c".
    public var alternatives: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " or " + last
    }
}

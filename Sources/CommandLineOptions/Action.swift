/// What a command line does; each does one thing. The raw value is what messages call it.
///
/// --help and --version are none: they are answered whatever stands beside them.
public enum Action: String, Hashable, CaseIterable, Sendable {
    case load = "-l"
    /// A kernel without an action.
    case loadAndShutDown = "a load that ends in a shutdown"
    case loadAndExecute = "-f"
    case loadPanic = "-p"
    /// Only firmware-assisted dump can be asked for so.
    case loadPanicWithoutKernel = "-p without a kernel"
    case loadPreserveContext = "--load-preserve-context"
    case preserveContextAndExecute = "--load-preserve-context -f"
    case loadJumpBackHelper = "--load-jump-back-helper"
    case execute = "-e"
    case unload = "-u"
    case unloadPanic = "-p -u"
    case status = "-l -S"
    case statusPanic = "-S"
    case printCrashSize = "--print-ckr-size"
    case apply = "--apply"
    case writeApplier = "--write-applier"
    case check
    case snapshot
    case completion

    case fadumpStatus = "fadump status"
    case fadumpRegister = "fadump register"
    case fadumpUnregister = "fadump unregister"
    case fadumpReload = "fadump reload"
    case fadumpReleaseMemory = "fadump release-memory"
    case fadumpAppendArguments = "fadump append-arguments"
    case fadumpHeader = "fadump header"
    case fadumpElfcorehdr = "fadump elfcorehdr"
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
    var alternatives: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " or " + last
    }
}

import CommandLineOptions

extension Action {
    /// What the options and words ask for; throws where that is two things at once.
    init(_ parsed: ParsedOptions) throws(UsageError) {
        if let word = parsed.subcommand {
            guard let action = Action(rawValue: word) else { throw .conflict("fadump comes first: swkexec fadump … [OPTION...]") }
            self = action
            return
        }
        for (one, other) in Self.exclusive where parsed.contains(one) && parsed.contains(other) {
            throw .conflict("two actions at once: \(parsed.name(one)) and \(parsed.name(other))")
        }
        let isPanic = parsed.contains(.loadPanic)
        if parsed.contains(.status) {
            self = parsed.contains(.load) ? .status : .statusPanic
        } else if parsed.contains(.unload) {
            self = isPanic ? .unloadPanic : .unload
        } else if parsed.contains(.execute) {
            self = .execute
        } else if parsed.contains(.printCrashSize) {
            self = .printCrashSize
        } else if parsed.contains(.apply) {
            self = .apply
        } else if parsed.contains(.writeApplier) {
            self = .writeApplier
        } else if parsed.contains(.loadJumpBackHelper) {
            self = .loadJumpBackHelper
        } else if let (one, other) = Self.exclusiveLoads.first(where: { parsed.contains($0) && parsed.contains($1) }) {
            throw .conflict("two actions at once: \(parsed.name(one)) and \(parsed.name(other))")
        } else if isPanic {
            let namesNone = parsed.words.isEmpty && !parsed.contains(.noFadump) && !parsed.contains(.installed)
            self = namesNone ? .loadPanicWithoutKernel : .loadPanic
        } else if parsed.contains(.loadPreserveContext) {
            self = parsed.contains(.force) ? .preserveContextAndExecute : .loadPreserveContext
        } else if parsed.contains(.force) {
            self = .loadAndExecute
        } else {
            self = parsed.contains(.load) ? .load : .loadAndShutDown
        }
    }

    private static let exclusive: [(OptionID, OptionID)] = {
        let alone: [OptionID] = [.status, .unload, .execute, .printCrashSize, .apply, .writeApplier]
        let loads: [OptionID] = [.load, .loadPanic, .loadPreserveContext, .force]
        return alone.indices.flatMap { first in alone[(first + 1)...].map { (alone[first], $0) } }
            + loads.map { ($0, .loadJumpBackHelper) } + [(.load, .execute), (.loadPanic, .execute)]
    }()

    /// A kernel is loaded for one of these. With -S and -u, -l and -p say which image is meant.
    private static let exclusiveLoads: [(OptionID, OptionID)] = [
        (.load, .loadPanic), (.force, .loadPanic), (.loadPreserveContext, .loadPanic),
    ]
}

extension ParsedOptions {
    /// A first word may name a subcommand; with -l, -p or -f it is a kernel of that name.
    fileprivate var subcommand: String? {
        guard !contains(.loadPanic), !contains(.load), !contains(.force), let word = words.first?.text else { return nil }
        let isAction = [Action.snapshot, .check, .inspect, .completion].map(\.rawValue).contains(word)
        return isAction || word == OptionTable.fadumpWord ? word : nil
    }
}

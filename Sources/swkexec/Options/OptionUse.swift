import CommandLineOptions
import KernelImage
import KexecSystem
import Machines

/// The command line after the one check of its options: those that mean something where they stand.
struct OptionUse {
    let action: Action
    let options: ParsedOptions
    let call: SyscallChoice
    /// The options that kexec_load(2) alone can do, as they were written: -a loads by it then.
    let needingKexecLoad: [String]
    /// That an option is not used, and where it would be.
    let warnings: [String]

    /// Throws for an option that means nothing here.
    init(_ parsed: ParsedOptions, for action: Action) throws(UsageError) {
        self.action = action
        let machine = try Self.machine(parsed, action)
        call =
            parsed.last(of: [.kexecSyscall: .kexecLoad, .kexecFileSyscall: .kexecFileLoad, .kexecSyscallAutomatic: .automatic])
            ?? .automatic
        let given = Set(parsed.options.map(\.id))
        func check(_ calls: Set<LoadCall>) -> OptionCheck {
            OptionCheck(action, machine: machine, calls: calls, given: given, table: parsed.table)
        }
        let byKexecLoad = Self.needingKexecLoad(parsed, check([.kexecLoad]))
        needingKexecLoad = byKexecLoad
        let calls: Set<LoadCall> =
            switch call {
            case .kexecLoad: [.kexecLoad]
            case .kexecFileLoad: [.kexecFileLoad]
            case .automatic: byKexecLoad.isEmpty ? Set(LoadCall.allCases) : [.kexecLoad]
            }
        let rules = check(calls)
        var used: [(id: OptionID, argument: Word?)] = []
        var warnings: [String] = []
        for option in parsed.options {
            guard let row = parsed.table[option.id] else { continue }
            switch rules.verdict(row) {
            case .means: used.append(option)
            case .refused(let sentence): throw .meaningless(sentence)
            case .taken(let taken, let sentence):
                let warning = "\(sentence): not used"
                if taken.isReported, !warnings.contains(warning) { warnings.append(warning) }
            }
        }
        if call == .kexecFileLoad {
            warnings += Self.typesOfKexecLoad(parsed).map { "\($0): only with \(LoadCall.kexecLoad.rawValue): not used" }
        }
        options = ParsedOptions(used, words: parsed.words, table: parsed.table)
        self.warnings = warnings
    }

    /// The machine that is planned for, where one is.
    private static func machine(_ parsed: ParsedOptions, _ action: Action) throws(UsageError) -> String? {
        guard Set<Action>.loads.union([.loadJumpBackHelper]).contains(action) else { return nil }
        return try TargetMachine.architecture(named: parsed.argument(.architecture)?.text).name
    }

    /// An empty argument asks for nothing: petitboot's --dtb= is no reason for the other call.
    private static func needingKexecLoad(_ parsed: ParsedOptions, _ check: OptionCheck) -> [String] {
        let options = parsed.options.filter { option in
            guard let row = parsed.table[option.id], row.needsKexecLoad, option.argument?.bytes.isEmpty != true else { return false }
            if case .means = check.verdict(row) { return true }
            return false
        }
        return options.map { parsed.name($0.id) } + typesOfKexecLoad(parsed)
    }

    /// To kexec_file_load every bzImage is one with a 64-bit entry, and nothing is a multiboot image.
    private static func typesOfKexecLoad(_ parsed: ParsedOptions) -> [String] {
        guard let type = parsed.argument(.type).flatMap({ ImageType(rawValue: $0.text) }),
            [.bzImage, .multiboot, .multiboot2].contains(type)
        else { return [] }
        return ["-t \(type.rawValue)"]
    }
}

import CommandLineOptions
import Machines
import TestSupport
import Testing
import X86_64

@testable import swkexec

/// Made from the option table: each option beside each action, on each machine and by each call, is refused by the one
/// sentence where its row says that it means nothing, and nowhere else.
struct OptionMeaningTests {
    private static let kernel = "vmlinuz"

    /// What asks for an action.
    private static let words: [Action: [String]] = [
        .load: ["-l", kernel], .loadAndShutDown: [kernel], .loadAndExecute: ["-f", kernel], .loadPanic: ["-p", kernel],
        .loadPanicWithoutKernel: ["-p"], .loadPreserveContext: ["--load-preserve-context", "--mem-max=0x5ffffff", kernel],
        .preserveContextAndExecute: ["--load-preserve-context", "-f", "--mem-max=0x5ffffff", kernel],
        .loadJumpBackHelper: ["--load-jump-back-helper"], .execute: ["-e"], .unload: ["-u"], .unloadPanic: ["-p", "-u"],
        .status: ["-l", "-S"], .statusPanic: ["-S"], .printCrashSize: ["--print-ckr-size"], .apply: ["--apply=plan"],
        .writeApplier: ["--write-applier=program"], .check: ["check"], .inspect: ["inspect"], .snapshot: ["snapshot", "folder"],
        .completion: ["completion", "bash"],
    ]

    private static let arguments: [OptionID: String] = [
        .type: "bzImage64", .memoryMinimum: "0x1000", .memoryMaximum: "0x5ffffff", .entry: "0x100000", .onMismatch: "reset",
        .rngSeed: String(repeating: "5a", count: 32), .format: "json", .architecture: "x86_64", .serialBaud: "9600", .serial: "ttyS0",
        OptionID("purgatory-cache"): "off",
    ]

    /// --help and --version are answered before anything else is looked at.
    private static let rows = OptionTable.command.rows.filter { ![.help, .version].contains($0.id) }

    private static func spelled(_ row: OptionRow) -> String {
        row.argument == nil ? row.id.spelling : "\(row.id.spelling)=\(arguments[row.id] ?? "x")"
    }

    /// The sentence; nil where the words are not refused by it.
    private func refusal(_ words: [String]) -> String? {
        do {
            _ = try RecordedCommand.invocation(words)
            return nil
        } catch UsageError.meaningless(let sentence) {
            return sentence
        } catch {
            return nil
        }
    }

    /// Where the option is added, it is still this that is done; nil where that would be two things.
    private func isStill(_ action: Action, _ words: [String]) -> Bool? {
        guard let parsed = try? RecordedCommand.parsed(words) else { return nil }
        return (try? Action(parsed)).map { $0 == action }
    }

    private func isTaken(_ row: OptionRow, _ isHere: (OptionRow.Taken.Place) -> Bool) -> Bool { row.taken.contains { isHere($0.place) } }

    private func isRefused(_ row: OptionRow, _ action: Action, on machine: String, by calls: Set<LoadCall>?) -> Bool {
        if row.refusal != nil { return true }
        if let machines = OptionTable.command.machines[row.id], calls != nil || action == .loadJumpBackHelper, !machines.contains(machine) {
            return !isTaken(row) { if case .onOtherMachines = $0 { true } else { false } }
        }
        guard row.actions.contains(action) else {
            return !isTaken(row) { if case .with(let actions) = $0 { actions.contains(action) } else { false } }
        }
        if let calls, row.calls.isDisjoint(with: calls) {
            return !isTaken(row) { if case .by(let call) = $0 { calls.contains(call) } else { false } }
        }
        return false
    }

    @Test(arguments: Action.allCases.filter { Set.all.contains($0) && !Set.loads.contains($0) })
    func withoutALoad(_ action: Action) throws {
        let words = try #require(Self.words[action])
        var (refused, allowed) = (0, 0)
        for row in Self.rows {
            // Where a dry run means something, it stands beside what needs one.
            let isDry = !row.needs.isEmpty && OptionTable.command[.dryRun]?.actions.contains(action) == true
            let line = words + (isDry ? ["--dry-run"] : []) + [Self.spelled(row)]
            guard isStill(action, line) == true else { continue }
            let sentence = refusal(line)
            let expected = isRefused(row, action, on: TargetMachine.thisMachine, by: nil)
            #expect((sentence != nil) == expected, "\(line): \(sentence ?? "not refused")")
            #expect(sentence?.hasPrefix("\(row.name): ") != false, "\(line): \(sentence ?? "")")
            if expected { refused += 1 } else { allowed += 1 }
        }
        #expect(refused > 0 && allowed > 0 || action == .snapshot || action == .completion)
    }

    @Test(arguments: Action.allCases.filter(Set.loads.contains), Machines.all.map(\.name))
    func aLoad(_ action: Action, on machine: String) throws {
        let isOfX86 = action == .loadPreserveContext || action == .preserveContextAndExecute
        guard !isOfX86 || machine == X86_64().name else { return }
        let words = try #require(Self.words[action])
        var (refused, allowed) = (0, 0)
        for (call, calls) in [("-c", [LoadCall.kexecLoad]), ("-s", [.kexecFileLoad]), ("-a", LoadCall.allCases)] {
            // Which is refused itself by -s, and makes -a a -c.
            if isOfX86, call == "-s" { continue }
            for row in Self.rows where row.id != .architecture {
                let line = words + ["--arch=\(machine)", "--dry-run", call, Self.spelled(row)]
                // Another of -a, -s, -c would take this one's place.
                guard isStill(action, line) == true, ![.kexecSyscall, .kexecFileSyscall, .kexecSyscallAutomatic].contains(row.id) else {
                    continue
                }
                let expected = isRefused(row, action, on: machine, by: isOfX86 ? [.kexecLoad] : Set(calls))
                let sentence = refusal(line)
                #expect((sentence != nil) == expected, "\(line): \(sentence ?? "not refused")")
                #expect(sentence?.hasPrefix("\(row.name): ") != false, "\(line): \(sentence ?? "")")
                if expected { refused += 1 } else { allowed += 1 }
            }
        }
        #expect(refused > 0 && allowed > 0)
    }

    /// What is needed beside an option is asked for where it is not there.
    @Test func company() {
        for row in Self.rows where !row.needs.isEmpty {
            for action in row.actions where OptionTable.command[.dryRun]?.actions.contains(action) == true {
                let line = (Self.words[action] ?? []) + [Self.spelled(row)]
                #expect(refusal(line)?.hasPrefix("\(row.name): only with --dry-run") == true || row.needs.isEmpty, "\(line)")
            }
        }
    }

    /// An option of kexec_load decides for -a, and the other call's own are then refused.
    @Test func optionsOfBothCalls() {
        #expect(
            refusal(["-l", Self.kernel, "--mem-max=0x5ffffff", "--no-cma"])
                == "--no-cma: only with kexec_file_load (-s), not with kexec_load (-c)")
        #expect(refusal(["-l", Self.kernel, "--no-cma"]) == nil)
    }

    @Test func sentences() {
        let cases: [([String], String)] = [
            (["-l", "--hotplug", "k"], "--hotplug: only with -p or check, not with -l"),
            (["-p", "--noefi", "--arch=ppc64le", "-n", "k"], "--noefi: only on x86_64, aarch64 or riscv64, not on ppc64le"),
            (["-p", "--reuse-video-type", "--arch=aarch64", "-n", "k"], "--reuse-video-type: only on x86_64, not on aarch64"),
            (["-s", "-p", "--on-mismatch=reset", "k"], "--on-mismatch: only with kexec_load (-c), not with kexec_file_load (-s)"),
            (["-l", "-x", "k"], "-x: only with -f, --load-preserve-context -f or -e, not with -l"),
            (["-e", "--initrd=x"], "--initrd: only with a load or check, not with -e"),
            (["-p", "--sysroot=x", "k"], "--sysroot: only with --dry-run or --plan-file"),
            (["--apply=x", "--sysroot=x"], "--sysroot: only with --dry-run"),
        ]
        for (words, sentence) in cases { #expect(refusal(words) == sentence) }
    }

    /// What is taken and does nothing has a reason, and is told unless it is so anyway.
    @Test func takenAndNotUsed() throws {
        for row in OptionTable.command.rows { for taken in row.taken { #expect(taken.reason.count > 20, "\(row.id.spelling)") } }
        guard
            case .load(let options) = try RecordedCommand.invocation([
                "-s", "-p", "--mem-max=0x5ffffff", "--dt-no-old-root", "k", "--arch=ppc64le", "-n",
            ])
        else {
            Issue.record("no load")
            return
        }
        #expect(options.warnings == ["--mem-max: only with kexec_load (-c), not with kexec_file_load (-s): not used"])
        #expect(options.memoryWindow == nil)
    }
}

import HostState
import KexecSystem
import LoadPlan
import Machines
import PlanFile
import Reports
import SystemPackage

/// `swkexec --apply=FILE`: carries out a plan that was made before, if this is the machine and the boot
/// that it was made for. swkexec-apply does the same (Applier/main.c).
struct ApplyCommand {
    let options: ApplyOptions
    let systemCalls: any KexecSystemCalls

    private var root: SystemRoot { SystemRoot(options.root) }

    func run() throws -> Int32 {
        let file = try NamedPlanFile.read(options.file)
        // A plan can be looked at anywhere; whether it is for this machine is printed after it.
        if options.isDryRun, try !print(file) { return 1 }
        if options.isVerbose { _ = Terminal.write(PlanFileReport(file, root: root).table, to: .standardError) }
        try requireArchitecture(of: file.plan)
        try requireFacts(of: file)
        // The plan was made on another day.
        try LostHandover.require(
            LostHandover.all(
                try HandoverState.read(root), purpose: file.plan.purpose, preservesContext: file.plan.flags.contains(.preserveContext),
                dropped: options.droppedHandover))
        if options.isDryRun {
            try LoadPermission.require(.segments(file.plan.purpose), in: root)
        } else {
            try load(file.plan)
        }
        return 0
    }

    // MARK: - Is this the machine?

    private func requireArchitecture(of plan: LoadPlan) throws(Refusal) {
        let name = options.architecture ?? TargetMachine.thisMachine
        let machine = Machines.named(name)?.machine.elfMachine ?? plan.flags.machine
        guard plan.architecture == name, plan.flags.machine == machine else {
            throw Refusal(
                file: options.file, subject: "architecture",
                difference: Precondition.architectureDifference(plan: (plan.architecture, plan.flags.machine), machine: name))
        }
    }

    private func requireFacts(of file: PlanFile) throws(Refusal) {
        for fact in file.preconditions {
            guard let difference = fact.difference(in: root) else { continue }
            var refusal = Refusal(file: options.file, subject: fact.subject, difference: difference)
            guard fact.isOverridable, options.isForced else {
                refusal.canBeForced = fact.isOverridable
                throw refusal
            }
            Terminal.warn("\(refusal)")
        }
    }

    /// The plan is for another machine, or another boot of this one.
    struct Refusal: Error, CustomStringConvertible {
        let file: FilePath
        let subject: String
        let difference: String
        var canBeForced = false

        var description: String { "\(file): \(Precondition.refusal(subject, difference, canBeForced: canBeForced))" }
    }

    // MARK: - Loading

    private func load(_ plan: LoadPlan) throws {
        do {
            let flags = try KexecLoader(systemCalls, root: root).load(plan)
            explain("loaded by kexec_load with flags \(flags.rawValue.hex)")
            if plan.hotplugRequested { try HotplugPromise.confirm(root, explain: explain) }
        } catch {
            throw LoadFailure(error, purpose: plan.purpose, root: root)
        }
    }

    private func explain(_ text: String) {
        if options.isVerbose { Terminal.complain(text, .info) }
    }

    // MARK: - Dry run

    private func print(_ file: PlanFile) throws -> Bool {
        let files = try options.segmentsFolder.map { try SegmentFiles.write(file.plan, to: $0) }
        return Terminal.write(PlanFileReport(file, root: root, files: files).text(options.format, width: Terminal.width))
    }
}

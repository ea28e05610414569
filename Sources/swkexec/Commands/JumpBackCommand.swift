import HostState
import KexecSystem
import LoadPlan
import PhysicalMemory
import Reports

/// `swkexec --load-jump-back-helper`: loads the jump back to the kernel that started this one.
struct JumpBackCommand {
    let options: JumpBackOptions
    let systemCalls: any KexecSystemCalls

    func run() throws -> Int32 {
        let architecture = try TargetMachine.architecture(named: options.architecture)
        let host = try HostState.read(SystemRoot(options.root))
        let plan = try Planner.planJumpBack(
            to: try target(host), limitedTo: options.memoryWindow, on: host, for: architecture)
        if options.isDryRun {
            guard Terminal.write(PlanReport(plan).text(options.format, width: Terminal.width)) else { return 1 }
            try LoadPermission.require(.segments(plan.purpose), in: host.root)
            return 0
        }
        if options.isVerbose { _ = Terminal.write(PlanReport(plan).table, to: .standardError) }
        try KexecLoader(systemCalls, root: host.root).load(plan)
        return 0
    }

    private func target(_ host: HostState) throws -> PhysicalAddress {
        if let target = options.target { return target }
        let name = "kexec_jump_back_entry"
        let entry = KernelCommandLine(host.commandLine ?? []).values(of: name).last ?? ""
        let digits = entry.hasPrefix("0x") ? entry.dropFirst(2) : ""
        guard digits.allSatisfy(\.isHexDigit), let address = UInt64(digits, radix: 16) else {
            throw PlanError.notShown(
                KexecFiles(host.root).commandLine.file, "where another kernel waits, in \(name)=; give it by --entry")
        }
        return PhysicalAddress(address)
    }
}

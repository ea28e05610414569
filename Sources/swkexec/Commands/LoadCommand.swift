import CommandLineOptions
import HostState
import KexecSystem
import LoadPlan
import PlanFile
import Reports
import SystemPackage

/// `swkexec -l …`, `-p …`, `-f …`: reads the machine and the files, makes the plan, carries it out or
/// prints it or writes it to a file.
struct LoadCommand {
    let options: LoadOptions
    let systemCalls: any KexecSystemCalls

    func run() throws -> Int32 {
        if options.purpose == .crash {
            let fadump = FadumpLoadCommand(options: FadumpLoadOptions(options), systemCalls: systemCalls)
            // A plan file is of an image, whatever this machine has.
            let isImage = !options.usesFadump || options.planFile != nil
            if !isImage, let status = try fadump.run() { return status }
            if isImage { try fadump.requireMemoryForAnImage(options.usesFadump ? .planFile : .noFadump) }
        }
        let isPlanOnly = options.isDryRun || options.planFile != nil
        do {
            let host = try HostState.read(SystemRoot(options.root))
            let request = try LoadRequestReader(options: options, host: host).read()
            let architecture = try options.machine.prepared(for: request, on: host)
            if isPlanOnly { return try planOnly(request, host, architecture) }
            try load(request, host, architecture)
        } catch {
            guard !isPlanOnly else { throw error }
            throw LoadFailure(error, purpose: options.purpose, root: SystemRoot(options.root))
        }
        return try goOn()
    }

    // MARK: - Loading

    private func load(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws {
        switch options.syscall {
        case .kexecLoad: try loadSegments(request, host, architecture)
        case .kexecFileLoad: try loadFiles(request, host, architecture)
        case .automatic:
            guard options.segmentOptions.isEmpty else {
                explain("\(options.segmentOptions.joined(separator: ", ")): by kexec_load, which alone can do that")
                return try loadSegments(request, host, architecture)
            }
            do {
                try loadFiles(request, host, architecture)
            } catch let error as KexecError where SyscallChoice.mayFallBack(after: error.errno, sending: options.fileFlags) {
                explain("\(error); trying kexec_load")
                for id in [OptionID.noCMA, .forceDTB] where options.fileFlags.contains(id == .noCMA ? .noCMA : .forceDTB) {
                    if let row = OptionTable.command[id] { Terminal.complain("warning: \(OptionCheck.sentence(row)): not used") }
                }
                try loadSegments(request, host, architecture)
            }
        }
        guard request.purpose == .crash else { return }
        switch request.hotplugChoice {
        case .promised: try HotplugPromise.confirm(host.root, explain: explain)
        case .whereOffered:
            // The image is loaded, and as good as this kernel takes it.
            do { try HotplugPromise.confirm(host.root, explain: explain) } catch let obstacle as HotplugObstacle {
                Terminal.complain("warning: \(obstacle.reason); \(obstacle.remedy)")
            } catch {
                Terminal.complain("warning: \(error)")
            }
        case .off: break
        }
    }

    private func loadSegments(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws {
        let plan = try Planner.plan(request, on: host, for: architecture)
        for warning in plan.warnings { Terminal.complain("warning: \(warning)") }
        if options.isVerbose { _ = Terminal.write(PlanReport(plan).table, to: .standardError) }
        let flags = try KexecLoader(systemCalls, root: host.root).load(plan)
        explain("loaded by kexec_load with flags \(flags.rawValue.hex)")
    }

    private func loadFiles(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws {
        let plan = try filePlan(request, host, architecture).openingFiles()
        for warning in plan.warnings { Terminal.complain("warning: \(warning)") }
        if options.isVerbose { _ = Terminal.write(FileLoadReport(plan).table, to: .standardError) }
        let flags = try loadFiles(plan, missingRoom: { self.shortage(request, host, architecture) }, host)
        explain("loaded by kexec_file_load with flags \(flags.rawValue.hex)")
    }

    /// The kernel says no more than that there is no place; a plan of ours says how much is missing.
    private func loadFiles(_ plan: FileLoadPlan, missingRoom: () -> SpaceShortage?, _ host: HostState) throws -> KexecFileFlags {
        do throws(KexecError) { return try KexecLoader(systemCalls, root: host.root).load(plan) } catch {
            guard error.errno == .addressNotAvailable, plan.purpose == .crash, let shortage = missingRoom() else { throw error }
            throw KexecError(call: error.call, errno: error.errno, advice: "\(shortage)")
        }
    }

    private func shortage(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) -> SpaceShortage? {
        do throws(PlanError) { _ = try Planner.plan(request, on: host, for: architecture) } catch {
            if case .doesNotFit(let shortage) = error { return shortage }
        }
        return nil
    }

    private func filePlan(
        _ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture
    ) throws -> FileLoadPlan {
        try FileLoadPlan(request, on: host, for: architecture, extraFlags: options.fileFlags)
    }

    private func explain(_ text: String) {
        if options.isVerbose { Terminal.complain(text) }
    }

    /// What follows a load that went well.
    private func goOn() throws -> Int32 {
        let reboot = Reboot(systemCalls, root: SystemRoot(options.root))
        switch options.then {
        case .nothing: break
        case .shutDown: try reboot.shutDown()
        case .execute(let options): try ExecuteCommand(options: options, systemCalls: systemCalls).run(reboot)
        }
        return 0
    }

    // MARK: - Without loading

    /// kexec_load is what a dry run of -a shows: it is where there is something to see. What the load would be refused for ends
    /// the dry run the same way, once the plan is printed.
    private func planOnly(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws -> Int32 {
        if options.syscall == .kexecFileLoad {
            let plan = try filePlan(request, host, architecture)
            guard Terminal.write(FileLoadReport(plan).text(options.format == .json ? .json : .table)) else { return 1 }
            try LoadPermission.require(.files(plan.purpose), in: host.root)
            return 0
        }
        let plan = try Planner.plan(request, on: host, for: architecture)
        if let file = options.planFile {
            try NamedPlanFile.write(PlanFile(plan, preconditions: plan.preconditions(on: host, for: architecture)), to: file)
        }
        guard options.isDryRun else {
            for warning in plan.warnings { Terminal.complain("warning: \(warning)") }
            if options.isVerbose { _ = Terminal.write(PlanReport(plan).table, to: .standardError) }
            return 0
        }
        let files = try options.segmentsFolder.map { try SegmentFiles.write(plan, to: $0) }
        guard Terminal.write(PlanReport(plan, files: files).text(options.format, width: Terminal.width)) else { return 1 }
        // Where -a is free to choose, a signed kernel may yet be loaded by the other call.
        let isByKexecLoad = options.syscall == .kexecLoad || !options.segmentOptions.isEmpty
        try LoadPermission.require(isByKexecLoad ? .segments(plan.purpose) : .files(plan.purpose), in: host.root)
        return 0
    }
}

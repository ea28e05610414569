import CLinux
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

    /// Once, for the journal.
    private let began = clinux_monotonic_milliseconds()

    init(options: LoadOptions, systemCalls: any KexecSystemCalls) {
        self.options = options
        self.systemCalls = systemCalls
    }

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
            var why: String?
            if options.isIfNeeded {
                let need = LoadNeed(options: options, root: host.root, machine: architecture, request: request, host: host)
                switch try need.answer() {
                case .needed(let reason): why = reason
                case .unneeded(let image):
                    ServiceStatus.show(image.status)
                    return Terminal.say("not loaded: the \(image.what) is loaded, intact and current") ? 0 : 1
                }
            }
            let loaded = try load(request, host, architecture)
            let image = loaded.summary(request, host)
            ServiceStatus.show(image.status)
            Terminal.record("loaded the \(image.line), in \(seconds) s\(why.map { " (\($0))" } ?? "")")
            if case .files(let plan) = loaded { remember(plan, host.root) }
            if let why, !Terminal.isJournal { _ = Terminal.say("loaded: \(why)") }
        } catch {
            guard !isPlanOnly else { throw error }
            throw LoadFailure(error, purpose: options.purpose, root: SystemRoot(options.root))
        }
        return try goOn()
    }

    // MARK: - Loading

    /// With two digits behind the point.
    private var seconds: String {
        let hundredths = (clinux_monotonic_milliseconds() &- began) / 10
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    private func load(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws -> Loaded {
        let loaded = try call(request, host, architecture)
        try confirmHotplug(request, host)
        return loaded
    }

    /// What was loaded, by the call that was made.
    private enum Loaded {
        case segments(LoadPlan)
        case files(FileLoadPlan)

        func summary(_ request: LoadRequest, _ host: HostState) -> LoadedImageSummary {
            switch self {
            case .segments(let plan): LoadedImageSummary(plan, request, KexecFiles(host.root))
            case .files(let plan): LoadedImageSummary(plan, host.crashRegions, KexecFiles(host.root))
            }
        }
    }

    private func call(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws -> Loaded {
        switch options.syscall {
        case .kexecLoad: return .segments(try loadSegments(request, host, architecture))
        case .kexecFileLoad: return .files(try loadFiles(request, host, architecture))
        case .automatic:
            guard options.segmentOptions.isEmpty else {
                explain("\(options.segmentOptions.joined(separator: ", ")): by kexec_load, which alone can do that")
                return .segments(try loadSegments(request, host, architecture))
            }
            do {
                return .files(try loadFiles(request, host, architecture))
            } catch let error as KexecError where SyscallChoice.mayFallBack(after: error.errno, sending: options.fileFlags) {
                explain("\(error); trying kexec_load")
                for id in [OptionID.noCMA, .forceDTB] where options.fileFlags.contains(id == .noCMA ? .noCMA : .forceDTB) {
                    if let row = OptionTable.command[id] { Terminal.warn("\(OptionCheck.sentence(row)): not used") }
                }
                return .segments(try loadSegments(request, host, architecture))
            }
        }
    }

    /// For the next --if-needed. The service makes the folder, and so does whoever asks by that option.
    private func remember(_ plan: FileLoadPlan, _ root: SystemRoot) {
        guard plan.purpose == .crash, options.isIfNeeded || root.exists(RememberedLoad.folder) else { return }
        do {
            try RememberedLoad(plan, memory: LoadedImage(root, architecture: options.machine.name).regionDigest()).write(root)
        } catch {
            Terminal.complain("what was loaded is not remembered, so that --if-needed will load it again: \(error)", .info)
        }
    }

    private func confirmHotplug(_ request: LoadRequest, _ host: HostState) throws {
        guard request.purpose == .crash else { return }
        switch request.hotplugChoice {
        case .promised: try HotplugPromise.confirm(host.root, explain: explain)
        case .whereOffered:
            // The image is loaded, and as good as this kernel takes it.
            do { try HotplugPromise.confirm(host.root, explain: explain) } catch let obstacle as HotplugObstacle {
                Terminal.warn("\(obstacle.reason); \(obstacle.remedy)")
            } catch {
                Terminal.warn("\(error)")
            }
        case .off: break
        }
    }

    private func loadSegments(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws -> LoadPlan {
        let plan = try Planner.plan(request, on: host, for: architecture)
        for warning in plan.warnings { Terminal.warn("\(warning)") }
        if options.isVerbose { _ = Terminal.write(PlanReport(plan).table, to: .standardError) }
        let flags = try KexecLoader(systemCalls, root: host.root).load(plan)
        explain("loaded by kexec_load with flags \(flags.rawValue.hex)")
        return plan
    }

    private func loadFiles(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws -> FileLoadPlan {
        let plan = try filePlan(request, host, architecture).openingFiles()
        for warning in plan.warnings { Terminal.warn("\(warning)") }
        if options.isVerbose { _ = Terminal.write(FileLoadReport(plan).table, to: .standardError) }
        let flags = try loadFiles(plan, missingRoom: { self.shortage(request, host, architecture) }, host)
        explain("loaded by kexec_file_load with flags \(flags.rawValue.hex)")
        return plan
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
        if options.isVerbose { Terminal.complain(text, .info) }
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
            for warning in plan.warnings { Terminal.warn("\(warning)") }
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

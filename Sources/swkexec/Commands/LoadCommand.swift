import ByteStorage
import HostState
import KernelImage
import KexecSystem
import LoadPlan
import SystemPackage

/// `swkexec -l …`, `-p …`, `-f …`: reads the machine and the files, makes the plan, prints it or
/// carries it out.
struct LoadCommand {
    let options: LoadOptions
    let systemCalls: any KexecSystemCalls

    func run() throws -> Int32 {
        if options.purpose == .crash {
            let fadump = FadumpLoadCommand(options: FadumpLoadOptions(options), systemCalls: systemCalls)
            if options.usesFadump, let status = try fadump.run() { return status }
            if !options.usesFadump { try fadump.requireMemoryForAnImage() }
        }
        let architecture = try TargetMachine.architecture(named: options.architecture)
        do {
            let host = try HostState.read(SystemRoot(options.root))
            let request = try LoadRequestReader(options: options, host: host).read()
            if options.isDryRun { return try print(request, host, architecture) }
            try load(request, host, architecture)
        } catch {
            guard !options.isDryRun else { throw error }
            // Whoever failed to load wants to know what is loaded now.
            let names = options.purpose == .crash ? HostState.crashLoadedNames : HostState.loadedNames
            let loaded = try? HostState.isLoaded(names, in: SystemRoot(options.root))
            throw LoadFailure(cause: error, purpose: options.purpose, isLoaded: loaded ?? nil)
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
                try loadSegments(request, host, architecture)
            }
        }
        if request.hotplug, request.purpose == .crash { try confirmHotplug(host.root) }
    }

    private func loadSegments(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws {
        let plan = try Planner.plan(request, on: host, for: architecture)
        for warning in plan.warnings { Terminal.complain("warning: \(warning)") }
        if options.isVerbose { _ = Terminal.write(PlanTable.text(plan), to: .standardError) }
        let flags = try KexecLoader(systemCalls, root: host.root).load(plan)
        explain("loaded by kexec_load with flags \(flags.rawValue.hex)")
    }

    private func loadFiles(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws {
        let plan = try filePlan(request, host, architecture).openingFiles()
        for warning in plan.warnings { Terminal.complain("warning: \(warning)") }
        if options.isVerbose { _ = Terminal.write(FilePlanTable.text(plan), to: .standardError) }
        let flags = try KexecLoader(systemCalls, root: host.root).load(plan)
        explain("loaded by kexec_file_load with flags \(flags.rawValue.hex)")
    }

    private func filePlan(
        _ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture
    ) throws -> FileLoadPlan {
        let warnings = options.segmentOptions.map { "\($0) has no effect on kexec_file_load" }
        return try FileLoadPlan(request, on: host, for: architecture, extraFlags: options.fileFlags, warnings: warnings)
    }

    /// The kernel's own word that it will keep the image up to date.
    private func confirmHotplug(_ root: SystemRoot) throws {
        for name in HostState.crashHotplugNames {
            switch try root.number(name) {
            case nil: continue  // a kernel without that kind of hotplug has no such file
            case 0?: throw HostStateError.contradiction(root.file(name), "reads 0 after the load: the kernel took the image but will not update it")
            case let value?: explain("\(root.file(name)) reads \(value)")
            }
        }
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

    // MARK: - Dry run

    /// kexec_load is what a dry run of -a shows: it is where there is something to see.
    private func print(_ request: LoadRequest, _ host: HostState, _ architecture: any TargetArchitecture) throws -> Int32 {
        if options.syscall == .kexecFileLoad {
            let plan = try filePlan(request, host, architecture)
            return Terminal.write(options.format == .json ? FilePlanJSON.text(plan) : FilePlanTable.text(plan)) ? 0 : 1
        }
        let plan = try Planner.plan(request, on: host, for: architecture)
        let files = try options.segmentsFolder.map { try SegmentFiles.write(plan, to: $0) }
        let text =
            switch options.format {
            case .table: PlanTable.text(plan)
            case .map: PlanMap.text(plan, width: Terminal.width)
            case .json: PlanJSON.text(plan, files: files)
            }
        return Terminal.write(text) ? 0 : 1
    }
}

/// A load that failed, and whether an image is in place all the same.
struct LoadFailure: Error, CustomStringConvertible {
    let cause: any Error
    let purpose: LoadPlan.Purpose
    /// Nil when it cannot be told.
    let isLoaded: Bool?

    var description: String {
        let image = purpose == .crash ? "crash image" : "image"
        switch isLoaded {
        case true?: return "\(cause) (the \(image) loaded before is still in place)"
        case false?: return "\(cause) (no \(image) is loaded)"
        case nil: return "\(cause)"
        }
    }
}

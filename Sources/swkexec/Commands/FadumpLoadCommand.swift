import CommandLineOptions
import FirmwareAssistedDump
import HostState
import KexecSystem
import LoadPlan
import Reports
import SystemPackage

/// `swkexec -p` and what belongs to it on a machine where firmware-assisted dump is enabled: no
/// memory is reserved for a crash image there, and the firmware does what an image would.
struct FadumpLoadCommand {
    let options: FadumpLoadOptions
    let systemCalls: any KexecSystemCalls

    private var root: SystemRoot { SystemRoot(options.root) }

    /// Registers; nil where fadump is not enabled, and an image is to be loaded.
    func run() throws -> Int32? {
        let state = FadumpState.read(root)
        guard state.isEnabled else {
            sayThatTheKernelFellBack(state)
            return nil
        }
        guard !options.isHotplug || state.isHotplugReady else { throw FadumpLoadError.hotplug(.registrationGoesStale(state.hotplugReady)) }
        let warnings = warnings(state)
        let control = FadumpControl(systemCalls, root: root)
        // A dry run is refused what the load would be.
        try control.readyToRegister()
        if options.isDryRun { return print(state, warnings) }
        for warning in warnings { Terminal.warn("\(warning)") }
        // A load replaces an image; what may have gone stale is registered anew.
        let outcome = state.isHotplugReady ? try control.register() : try control.reload()
        if options.isVerbose { Terminal.complain("fadump: \(FadumpCommand.description(outcome))", .info) }
        tell(outcome, state)
        return 0
    }

    private func tell(_ outcome: FadumpControl.Outcome, _ state: FadumpState) {
        let keeper = state.isHotplugReady ? "kept right by the capture kernel" : "registered again by udev's rules"
        ServiceStatus.show("firmware-assisted dump is registered; on hotplug \(keeper)")
        switch outcome {
        case .unchanged: if options.isIfNeeded { _ = Terminal.say("not registered again: fadump is registered, and stays right") }
        case .wrote:
            Terminal.record("registered with the firmware (\(state.registered.file)); on hotplug \(keeper)")
            if options.isIfNeeded, !Terminal.isJournal { _ = Terminal.say("registered: \(FadumpCommand.description(outcome))") }
        }
    }

    /// The same where no kernel was named that could be loaded instead.
    func runWithoutKernel() throws -> Int32 {
        guard let status = try run() else { throw UsageError.needsKernel }
        return status
    }

    /// Throws where fadump has the memory that a crash image needs.
    /// - Parameter option: what asks for an image
    func requireMemoryForAnImage(_ option: OptionID) throws {
        let state = FadumpState.read(root)
        guard state.isEnabled, try KexecFiles(root).crashSize.get() ?? 0 == 0 else { return }
        throw FadumpLoadError.noMemory(state.enabled.file, option: option.spelling)
    }

    /// `-p -u`: false where fadump is not enabled.
    static func unload(_ systemCalls: any KexecSystemCalls, _ root: SystemRoot) throws(FadumpControlError) -> Bool {
        guard FadumpState.read(root).isEnabled else { return false }
        _ = try FadumpControl(systemCalls, root: root).unregister()
        return true
    }

    /// `-p -S`: nil where fadump is not enabled.
    static func isRegistered(_ root: SystemRoot) -> Result<Bool, HostStateError>? {
        let state = FadumpState.read(root)
        guard state.isEnabled else { return nil }
        switch state.registered {
        case .found(let value, _): return .success(value != 0)
        case .absent(let file): return .failure(.missing(file, what: "whether fadump is registered"))
        case .unreadable(_, let error): return .failure(error)
        }
    }

    // MARK: -

    private func warnings(_ state: FadumpState) -> [String] {
        var warnings: [String] = []
        if let kernel = options.kernel {
            warnings.append(
                "fadump is enabled: the dump is registered with the firmware, and \(kernel) is not loaded (see swkexec fadump; --no-fadump asks for an image)"
            )
        }
        if !state.isHotplugReady {
            warnings.append(
                "fadump's dump describes the memory there is at registration and goes stale when memory comes and goes: run swkexec fadump reload after every change"
            )
        }
        if let harm = state.harmOfRegistering { warnings.append(harm) }
        return warnings
    }

    /// Booted for fadump, and a region for a crash kernel is there instead.
    private func sayThatTheKernelFellBack(_ state: FadumpState) {
        let files = KexecFiles(root)
        guard state.isSupported, let line = files.commandLine.value,
            let asked = KernelCommandLine(line).values(of: "fadump").last, asked == "on" || asked == "nocma",
            let size = files.crashSize.value, size > 0
        else { return }
        Terminal.complain(
            "fadump=\(asked) was asked for at boot, and the kernel fell back to kdump (\(state.enabled.file) reads 0): a crash image is loaded",
            .warning)
    }

    private func print(_ state: FadumpState, _ warnings: [String]) -> Int32 {
        let isWritten = !state.isRegistered || !state.isHotplugReady
        let report = FadumpLoadReport(
            file: state.registered.file, isWritten: isWritten, isHotplug: options.isHotplug, isHotplugReady: state.isHotplugReady,
            warnings: warnings)
        return Terminal.write(report.text(options.format == .json ? .json : .table)) ? 0 : 1
    }
}

/// Why a load is refused on account of fadump. Nothing was changed.
enum FadumpLoadError: Error, CustomStringConvertible {
    case hotplug(HotplugObstacle)
    /// An option asks for an image.
    case noMemory(FilePath, option: String)

    var description: String {
        switch self {
        case .hotplug(let obstacle): "\(obstacle) (nothing was changed)"
        case .noMemory(let file, let option):
            "\(option): no memory is reserved for a crash kernel, because fadump has it (\(file) reads 1); boot with fadump=off to have kdump"
        }
    }
}

import HostState
import KexecSystem
import LoadPlan

/// `swkexec -u`, `-p -u`: releases an image, or has the firmware take no dump any more.
struct UnloadCommand {
    let purpose: LoadPlan.Purpose
    let syscall: SyscallChoice
    /// Whether firmware-assisted dump, where it is enabled, stands for the crash image.
    let usesFadump: Bool
    /// Nil for this machine's.
    let architecture: String?
    let systemCalls: any KexecSystemCalls
    /// Where control files are; another place in tests alone.
    var root = SystemRoot.live

    func run() throws {
        if purpose == .crash, usesFadump, try FadumpLoadCommand.unload(systemCalls, root) { return }
        let machine = try TargetMachine.architecture(named: architecture).machine.elfMachine
        let loader = KexecLoader(systemCalls, root: root)
        let isCrash = purpose == .crash
        switch syscall {
        case .kexecLoad: try loader.unload(crash: isCrash, machine: machine)
        case .kexecFileLoad: try loader.unloadByFileCall(crash: isCrash)
        case .automatic:
            do {
                try loader.unloadByFileCall(crash: isCrash)
            } catch  where SyscallChoice.mayFallBackUnloading(after: error.errno) {
                try loader.unload(crash: isCrash, machine: machine)
            }
        }
    }
}

import HostState
import KexecSystem
import LoadPlan

/// `swkexec -u`, `-p -u`: releases an image.
struct UnloadCommand {
    let purpose: LoadPlan.Purpose
    let syscall: SyscallChoice
    let machine: UInt16
    let systemCalls: any KexecSystemCalls

    func run() throws {
        let loader = KexecLoader(systemCalls, root: .live)
        let isCrash = purpose == .crash
        switch syscall {
        case .kexecLoad: try loader.unload(crash: isCrash, machine: machine)
        case .kexecFileLoad: try loader.unloadByFileCall(crash: isCrash)
        case .automatic:
            do {
                try loader.unloadByFileCall(crash: isCrash)
            } catch where SyscallChoice.mayFallBackUnloading(after: error.errno) {
                try loader.unload(crash: isCrash, machine: machine)
            }
        }
    }
}

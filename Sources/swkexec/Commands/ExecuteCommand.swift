import HostState
import KexecSystem

/// `swkexec -e`: starts the loaded image at once.
struct ExecuteCommand {
    let options: ExecuteOptions
    let systemCalls: any KexecSystemCalls

    func run(_ reboot: Reboot) throws {
        try reboot.execute(
            synchronizes: options.synchronizes, takesInterfacesDown: options.takesInterfacesDown,
            warn: { Terminal.warn("\($0)") })
    }
}

import HostState
import LoadPlan

extension LoadRequest {
    /// The serial port on which purgatory reports.
    var console: SerialPort? { serialPort ?? SerialPort(namedBy: commandLine) }

    func consoleWarnings(on host: HostState) -> [String] {
        var warnings: [String] = []
        if checksDigest, console == nil, !screen.isConsole {
            warnings.append("the command line names no serial console: purgatory cannot report a failed check (see --serial)")
        }
        if screen.isConsole, !screen.isReset, !ScreenInfo.showsText(on: host) {
            warnings.append(
                "--console-vga: the screen of this machine is in no VGA text mode, where messages would be seen (see --reset-vga)")
        }
        return warnings
    }
}

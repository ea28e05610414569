import CommandLineOptions
import HostState
import LinuxLoad
import LoadPlan

extension X86_64.Options {
    /// What `--serial` and its companions say.
    struct Serial: Sendable {
        /// The I/O port of `--serial`.
        var base: UInt16?
        /// The speed of `--serial-baud`.
        var baud: UInt32?
        /// ttyS0 is used where nothing else is said (`--console-serial`).
        var isWanted = false
    }

    /// The serial port on which purgatory reports: what the options say, each falling back on what the command line names.
    func console(_ commandLine: KernelCommandLine) -> SerialPort? {
        let named = SerialPort(namedBy: commandLine)
        guard serial.base != nil || serial.baud != nil || serial.isWanted else { return named }
        guard let base = serial.base ?? named?.base ?? SerialPort.base(named: "ttyS0") else { return nil }
        let isSameBase = serial.base == nil || serial.base == named?.base
        return SerialPort(base: base, baud: serial.baud ?? (isSameBase ? named?.baud : nil))
    }

    /// That a failed check will not be seen.
    func consoleWarnings(_ request: LoadRequest, on host: HostState) -> [String] {
        var warnings: [String] = []
        if request.checksDigest, console(request.commandLine) == nil, !screen.isConsole {
            warnings.append("the command line names no serial console: purgatory cannot report a failed check (see --serial)")
        }
        if screen.isConsole, !screen.isReset, !ScreenInfo.showsText(on: host) {
            warnings.append(
                "--console-vga: the screen of this machine is in no VGA text mode, where messages would be seen (see --reset-vga)")
        }
        return warnings
    }
}

extension X86_64.Options.Serial {
    init(_ parsed: ParsedOptions) throws(UsageError) {
        base = try parsed.value(.serial, allowed: "ttyS0 to ttyS3 or an I/O port like 0x3f8") { SerialPort.base(named: $0) }
        baud = try parsed.value(.serialBaud, allowed: "a speed from 1 to \(SerialPort.highestBaud)") {
            UInt32($0).flatMap { 1...SerialPort.highestBaud ~= $0 ? $0 : nil }
        }
        isWanted = parsed.contains(.consoleSerial)
    }
}

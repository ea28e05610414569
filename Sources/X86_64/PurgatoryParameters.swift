import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import Purgatory

/// enum purgatory_entry_mode (Purgatory/X86_64/parameters_x86_64.h).
enum PurgatoryEntryMode: UInt32 {
    case bits64 = 0
    case bits32 = 1
    case realMode = 2
    /// Like a function of C.
    case called = 3
    /// Into the kernel that started this one and kept its context.
    case jumpBack = 4

    init(_ entry: KernelEntry) {
        self =
            switch entry {
            case .bits64: .bits64
            case .bits32: .bits32
            case .realMode: .realMode
            }
    }
}

extension PurgatoryImage {
    /// Tells how and where the kernel is entered.
    mutating func setEntry(
        _ mode: PurgatoryEntryMode, at address: UInt64, bootParameters: PhysicalAddress
    ) throws(PurgatoryError) {
        try set("purgatory_entry_mode", to: mode.rawValue, order: .littleEndian)
        try set("purgatory_kernel_entry", to: address, order: .littleEndian)
        try set("purgatory_boot_params", to: bootParameters.rawValue, order: .littleEndian)
    }

    /// Tells that the kernel which is left keeps its context, and calls.
    mutating func setIsCalled() throws(PurgatoryError) {
        try set("purgatory_is_called", to: 1 as UInt32, order: .littleEndian)
    }

    /// Tells where a failed check is reported, and what becomes of the screen.
    mutating func setConsole(_ request: LoadRequest) throws(PurgatoryError) {
        try set("purgatory_serial_port", to: UInt32(request.console?.base ?? 0), order: .littleEndian)
        try set("purgatory_serial_divisor", to: request.console?.divisor ?? 0, order: .littleEndian)
        try set("purgatory_console_vga", to: request.screen.isConsole ? 1 : 0 as UInt32, order: .littleEndian)
        try set("purgatory_reset_vga", to: request.screen.isReset ? 1 : 0 as UInt32, order: .littleEndian)
    }
}

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

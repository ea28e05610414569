/// A serial port of the running kernel whose registers lie in memory, as /sys/class/tty shows it
/// (Documentation/ABI/testing/sysfs-tty).
public struct SerialDevice: Hashable, Sendable {
    /// A PORT_ constant of include/uapi/linux/serial_core.h: which UART it is.
    public let type: UInt64
    /// Physical address of its registers; 0 for a port whose registers are elsewhere.
    public let registers: UInt64
    /// Registers lie 1 << registerShift bytes apart.
    public let registerShift: UInt64

    static let folder = "sys/class/tty"
    static let fields = ["iomem_base", "iomem_reg_shift", "type"]

    /// A port whose registers are known from elsewhere.
    public init(type: UInt64, registers: UInt64, registerShift: UInt64) {
        self.type = type
        self.registers = registers
        self.registerShift = registerShift
    }

    /// The port of that name, `ttyAMA0`; nil where there is none, or it is no serial port.
    public static func read(_ root: SystemRoot, named name: String) throws(HostStateError) -> SerialDevice? {
        // A name of the kernel's: nothing that leads out of the folder.
        guard !name.isEmpty, name.utf8.allSatisfy({ UInt8(ascii: "!")...UInt8(ascii: "~") ~= $0 && $0 != UInt8(ascii: "/") }),
            !name.hasPrefix(".")
        else { return nil }
        guard let registers = try root.number("\(folder)/\(name)/iomem_base", radix: 16),
            let shift = try root.number("\(folder)/\(name)/iomem_reg_shift"), let type = try root.number("\(folder)/\(name)/type")
        else { return nil }
        return SerialDevice(type: type, registers: registers, registerShift: shift)
    }
}

import DeviceTree
import HostState
import LoadPlan
import PhysicalMemory
import Purgatory

/// The UART that purgatory reports on, and that its driver in the old kernel has left set up.
struct Console: Hashable {
    /// As in Purgatory/aarch64/parameters_aarch64.h.
    enum Kind: UInt32 {
        case pl011 = 1
        case uart8250Words = 2
        case uart8250Bytes = 3

        /// PORT_8250 and those that behave like it, and PORT_AMBA (include/uapi/linux/serial_core.h).
        init?(_ device: SerialDevice) {
            switch (device.type, device.registerShift) {
            case (32, _): self = .pl011
            case (1...31, 0): self = .uart8250Bytes
            case (1...31, 2): self = .uart8250Words
            default: return nil
            }
        }
    }

    let kind: Kind
    let registers: UInt64

    /// Purgatory maps no more (ADDRESS_LIMIT of Purgatory/aarch64/identity_map.c).
    private static let addressLimit: UInt64 = 1 << 48

    /// Nil where purgatory cannot reach it: beyond its map, or at an address that it would read in pieces.
    init?(_ kind: Kind, at registers: UInt64) {
        guard registers < Self.addressLimit, kind == .uart8250Bytes || registers % 4 == 0 else { return nil }
        self.kind = kind
        self.registers = registers
    }

    /// What the user names, else the command line by `earlycon=`, else the tree by stdout-path; or why there is none.
    static func find(
        _ commandLine: KernelCommandLine, _ options: AArch64.Options, _ tree: DeviceTree
    ) throws(PlanError) -> Result<Console, Obstacle> {
        if let name = options.serialName { return .success(try Console(named: name, options.serialDevice)) }
        if let console = commandLine.values(of: "earlycon").lazy.compactMap({ Console(earlycon: $0) }).first { return .success(console) }
        do { return .success(try Console(standardOutputOf: tree)) } catch { return .failure(error) }
    }

    /// A terminal of the running kernel, or what stands behind `earlycon=`.
    private init(named name: String, _ device: SerialDevice?) throws(PlanError) {
        let option = "--serial=\(name)"
        if let console = Console(earlycon: name) {
            self = console
            return
        }
        guard let device, device.registers != 0 else {
            throw .entry(
                option,
                "/sys/class/tty knows no such port with registers in memory; a name there like ttyAMA0, or as in earlycon=: pl011,0x9000000"
            )
        }
        guard let kind = Kind(device), let console = Console(kind, at: device.registers) else {
            throw .entry(
                option,
                "purgatory does not know that UART (type \(device.type), iomem_reg_shift \(device.registerShift)): it knows PL011s, and 16550s with registers 1 or 4 bytes apart"
            )
        }
        self = console
    }

    /// `pl011,0x9000000`, `uart8250,mmio32,0x…` (Documentation/admin-guide/kernel-parameters.txt).
    init?(earlycon text: String) {
        let words = text.split(separator: ",")
        let kinds: [[Substring]: Kind] = [
            ["pl011"]: .pl011, ["uart8250", "mmio32"]: .uart8250Words, ["uart", "mmio32"]: .uart8250Words,
            ["uart8250", "mmio"]: .uart8250Bytes, ["uart", "mmio"]: .uart8250Bytes,
        ]
        for (name, kind) in kinds where words.starts(with: name) {
            // pl011 may have its access width in between.
            let rest = words.dropFirst(name.count).filter { $0 != "mmio32" && $0 != "mmio" }
            guard let address = rest.first, address.hasPrefix("0x"), let registers = UInt64(address.dropFirst(2), radix: 16),
                let console = Console(kind, at: registers)
            else { return nil }
            self = console
            return
        }
        return nil
    }
}

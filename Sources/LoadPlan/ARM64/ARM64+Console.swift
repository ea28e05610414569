import DeviceTree
import PhysicalMemory
import Purgatory

extension ARM64 {
    /// The UART that purgatory reports on, and that its driver in the old kernel has left set up.
    struct Console: Hashable {
        /// As in Purgatory/ARM64/parameters_arm64.h.
        enum Kind: UInt32 {
            case pl011 = 1
            case uart8250Words = 2
            case uart8250Bytes = 3
        }

        let kind: Kind
        let registers: UInt64

        /// What the command line names by `earlycon=`, else what the tree names by stdout-path.
        static func find(_ commandLine: KernelCommandLine, _ tree: DeviceTree) throws(DeviceTreeError) -> Console? {
            if let console = commandLine.values(of: "earlycon").lazy.compactMap({ Console(earlycon: $0) }).first { return console }
            return try Console(standardOutputOf: tree)
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
                guard let address = rest.first, address.hasPrefix("0x"), let registers = UInt64(address.dropFirst(2), radix: 16)
                else { return nil }
                self.kind = kind
                self.registers = registers
                return
            }
            return nil
        }

        private static let compatible: [String: Kind] = ["arm,pl011": .pl011]
        /// 16550s, whose registers lie as far apart as reg-shift tells.
        private static let compatible8250: Set<String> = ["ns16550a", "ns16550", "snps,dw-apb-uart"]

        /// stdout-path: a path or an alias, behind which ':' and options may follow (Devicetree
        /// Specification, section 3.6).
        private init?(standardOutputOf tree: DeviceTree) throws(DeviceTreeError) {
            guard let chosen = tree.node("/chosen"), let text = try chosen.string("stdout-path"),
                let name = text.split(separator: ":").first.map({ String($0) })
            else { return nil }
            var path = name
            if !name.hasPrefix("/") {
                guard let alias = try tree.node("/aliases")?.string(name) else { return nil }
                path = alias
            }
            guard let node = tree.node(path), let compatible = try node.strings("compatible"),
                let registers = try node.ranges()?.first
            else { return nil }
            let kind: Kind
            if let known = compatible.lazy.compactMap({ Self.compatible[$0] }).first {
                kind = known
            } else if !Self.compatible8250.isDisjoint(with: compatible) {
                switch try node.u32("reg-shift") ?? 0 {
                case 0: kind = .uart8250Bytes
                case 2: kind = .uart8250Words
                default: return nil
                }
            } else {
                return nil
            }
            self.kind = kind
            self.registers = registers.start.rawValue
        }
    }
}

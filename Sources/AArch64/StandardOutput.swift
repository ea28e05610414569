import DeviceTree
import PhysicalMemory

/// The UART that the tree names as the console: stdout-path of /chosen, or linux,stdout-path (of_alias_scan() of drivers/of/base.c).
extension Console {
    /// Throws a sentence that says why there is none.
    init(standardOutputOf tree: DeviceTree) throws(Obstacle) {
        guard let (property, text) = Self.standardOutput(tree) else {
            throw Obstacle("neither earlycon= nor stdout-path names a UART that purgatory knows")
        }
        let named = "\(property) of the device tree, '\(text)',"
        guard let path = tree.path(named: text), let node = tree.node(path) else { throw Obstacle("\(named) names no device") }
        guard let kind = Self.kind(node) else { throw Obstacle("\(named) names no UART that purgatory knows") }
        guard let registers = tree.physicalRange(ofDevice: path), let offset = try? node.u32("reg-offset") ?? 0,
            let start = registers.start.advanced(by: ByteCount(UInt64(offset)))
        else { throw Obstacle("\(named) names a UART whose address no bus above it translates") }
        guard let console = Console(kind, at: start.rawValue) else {
            throw Obstacle("\(named) names a UART at \(start), where purgatory cannot reach it")
        }
        self = console
    }

    /// A sentence without its end.
    struct Obstacle: Error, Hashable {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private static func standardOutput(_ tree: DeviceTree) -> (property: String, text: String)? {
        let chosen = tree.node("/chosen") ?? tree.node("/chosen@0")
        for name in ["stdout-path", "linux,stdout-path"] {
            if let text = try? chosen?.string(name), !text.isEmpty { return (name, text) }
        }
        return nil
    }

    /// The SBSA's generic UART is a PL011 without what sets it up; kernels drive it alike (drivers/tty/serial/amba-pl011.c).
    private static let pl011: Set<String> = ["arm,pl011", "arm,sbsa-uart"]
    /// 16550s, whose registers lie as far apart as reg-shift tells (drivers/tty/serial/8250/8250_early.c).
    private static let uart8250: Set<String> = ["ns16550a", "ns16550", "snps,dw-apb-uart", "nvidia,tegra20-uart"]

    private static func kind(_ node: DeviceTree.LocatedNode) -> Kind? {
        guard let compatible = try? node.strings("compatible"), node["big-endian"] == nil else { return nil }
        if !pl011.isDisjoint(with: compatible) { return .pl011 }
        guard !uart8250.isDisjoint(with: compatible), let shift = try? node.u32("reg-shift") ?? 0 else { return nil }
        return [0: .uart8250Bytes, 2: .uart8250Words][shift]
    }
}

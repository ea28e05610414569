import LoadPlan

/// The serial port that purgatory reports on.
public struct SerialPort: Hashable, Sendable {
    /// The first of the 16550's eight I/O ports; 0 for no port at all.
    public let base: UInt16
    /// Bits a second; nil leaves the port as it was programmed.
    public let baud: UInt32?

    /// The rate of divisor 1.
    public static let highestBaud: UInt32 = 115_200

    /// - Parameters:
    ///   - base: the I/O port of the first register
    ///   - baud: nil for the highest
    public init(base: UInt16, baud: UInt32?) {
        self.base = base
        self.baud = baud
    }

    /// The conventional I/O ports of the first four serial ports of a PC.
    private static let conventionalBases: [String: UInt16] = ["ttyS0": 0x3f8, "ttyS1": 0x2f8, "ttyS2": 0x3e8, "ttyS3": 0x2e8]

    /// A port's base by its name (`ttyS0`) or number (`0x3f8`); nil for anything else.
    public static func base(named text: some StringProtocol) -> UInt16? {
        if let base = conventionalBases[String(text)] { return base }
        // UInt16 would take a sign, too.
        guard text.hasPrefix("0x"), text.dropFirst(2).allSatisfy(\.isHexDigit) else { return nil }
        return UInt16(text.dropFirst(2), radix: 16).flatMap { $0 == 0 || $0 > 0xfff8 ? nil : $0 }
    }

    /// The divisor for the port's clock of 1.8432 MHz; 0 leaves the port as it is.
    public var divisor: UInt32 { baud.map { max(1, Self.highestBaud / max(1, $0)) } ?? 0 }

    /// The port that a kernel with this command line would use: the last `console=` on a serial
    /// port, else `earlycon=`, else `earlyprintk=`.
    public init?(namedBy commandLine: KernelCommandLine) {
        let candidates =
            commandLine.values(of: "console").reversed() + commandLine.values(of: "earlycon")
            + commandLine.values(of: "earlyprintk")
        guard let port = candidates.lazy.compactMap(SerialPort.init(console:)).first else { return nil }
        self = port
    }

    /// `ttyS0,115200n8`, `uart8250,io,0x3f8,115200n8`, `serial,ttyS0,115200`, `serial,0x3f8`.
    private init?(console text: String) {
        var words = text.split(separator: ",")[...]
        if words.first == "serial" {
            words.removeFirst()
            // "serial" alone is the first port; "serial,115200" is its speed.
            if words.first.map({ $0.first?.isNumber == true && !$0.hasPrefix("0x") }) ?? true {
                words.insert("ttyS0", at: words.startIndex)
            }
        } else if words.first == "uart8250" || words.first == "uart" {
            guard words.dropFirst().first == "io" else { return nil }
            words.removeFirst(2)
        }
        guard let base = words.popFirst().flatMap({ Self.base(named: $0) }) else { return nil }
        let baud = words.first.flatMap { UInt32($0.prefix { $0.isNumber }) }
        self.init(base: base, baud: baud.flatMap { 1...Self.highestBaud ~= $0 ? $0 : nil })
    }
}

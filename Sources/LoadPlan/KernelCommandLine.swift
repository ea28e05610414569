/// The command line of a kernel: parameters separated by blanks, of which some hold a quoted
/// value with blanks inside (lib/cmdline.c, next_arg). Bytes, because nothing says that it is UTF-8.
public struct KernelCommandLine: Hashable, Sendable, CustomStringConvertible {
    /// Without a NUL at the end.
    public private(set) var bytes: [UInt8]

    /// Of bytes as /proc/cmdline or a file has them.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    /// Of text in UTF-8.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The whole parameters, quotes included, without the blanks between them.
    public var parameters: [ArraySlice<UInt8>] {
        var inQuotes = false
        return bytes.split { byte in
            if byte == Self.quote { inQuotes.toggle() }
            return !inQuotes && Self.isBlank(byte)
        }
    }

    private static let quote = UInt8(ascii: "\"")

    /// isspace() of the kernel (lib/ctype.c), which counts the no-break space of Latin-1.
    private static func isBlank(_ byte: UInt8) -> Bool { 0x09...0x0d ~= byte || byte == 0x20 || byte == 0xa0 }

    /// Whether a quote is never closed: whatever followed would be a part of it.
    public var hasOpenQuote: Bool { bytes.count { $0 == Self.quote } % 2 == 1 }

    /// The values of every `name=value`, in their order.
    public func values(of name: String) -> [String] {
        let prefix = Array("\(name)=".utf8)
        return parameters.filter { $0.starts(with: prefix) }.map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
    }

    /// The last `name=value`, as it stands there, quotes included.
    public func last(_ name: String) -> KernelCommandLine? {
        let prefix = Array("\(name)=".utf8)
        return parameters.last { $0.starts(with: prefix) }.map { KernelCommandLine(Array($0)) }
    }

    /// Whether the parameter stands there, alone or with a value.
    public func contains(_ name: String) -> Bool {
        parameters.contains { $0.elementsEqual(name.utf8) || $0.starts(with: Array("\(name)=".utf8)) }
    }

    /// Without the parameters of these names: whole names, `crashkernel` does not match
    /// `crashkernel_x=`.
    public func removing(_ names: [String]) -> KernelCommandLine {
        let kept = parameters.filter { parameter in
            let name = parameter.prefix { $0 != UInt8(ascii: "=") }
            return !names.contains { name.elementsEqual($0.utf8) }
        }
        return KernelCommandLine(Array(kept.joined(separator: [0x20])))
    }

    /// Appends text, with a blank between where both are there.
    public mutating func append(_ text: KernelCommandLine) {
        guard !text.bytes.isEmpty else { return }
        if !bytes.isEmpty { bytes.append(0x20) }
        bytes += text.bytes
    }

    /// Adds a parameter for the kernel: at the end, but in front of a lone `--`, behind which
    /// everything is for init (kernel/params.c, parse_args).
    public mutating func add(_ parameter: KernelCommandLine) {
        guard !parameter.bytes.isEmpty else { return }
        guard let end = parameters.first(where: { $0.elementsEqual("--".utf8) })?.startIndex else { return append(parameter) }
        bytes.insert(contentsOf: parameter.bytes + [0x20], at: end)
    }

    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

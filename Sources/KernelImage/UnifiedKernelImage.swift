import ByteStorage

/// A unified kernel image: an EFI stub with a kernel, its initrd and its command line as sections
/// of one PE file (the UAPI group's specification "Unified Kernel Image").
public struct UnifiedKernelImage: Sendable {
    /// .linux: the kernel's own file.
    public let linux: Bytes
    /// .initrd; nil where the image has none.
    public let initrd: Bytes?
    /// Without the blanks, line ends and NULs after it; nil where the image has none.
    public let commandLine: [UInt8]?
    /// PRETTY_NAME of .osrel: what the image calls itself.
    public let name: String?
    /// Sections that change what the stub would boot and that only the stub can apply.
    public let ignoredSections: [String]

    /// - .ucode is a second initrd, for the CPU's microcode; it was applied at this boot.
    /// - .dtb is chosen by the stub by the machine's own device tree.
    private static let stubsOwn: Set<String> = [".ucode", ".dtb", ".dtbauto", ".efifw"]

    /// Of sections that occur more than once the first counts: those after a .profile are choices
    /// of a menu that only the stub has.
    public init(_ file: Bytes) throws(KernelImageError) {
        let sections = try PortableExecutable(file).sections
        func contents(_ name: String) -> Bytes? { sections.first { $0.name == name && $0.contents.count > 0 }?.contents }
        guard let linux = contents(".linux") else { throw .noSection(".linux") }
        self.linux = linux
        initrd = contents(".initrd")
        commandLine = contents(".cmdline").map(Self.text)
        name = contents(".osrel").flatMap { Self.prettyName(Self.text($0)) }
        ignoredSections = Self.stubsOwn.filter { contents($0) != nil }.sorted()
    }

    /// The longest text that is taken over; far above any kernel's own limit.
    private static let textLimit = 1 << 16

    private static func text(_ section: Bytes) -> [UInt8] {
        var text = section.withSpan { bytes in
            var text: [UInt8] = []
            for i in 0..<min(bytes.count, textLimit) {
                if bytes[i] == 0 { break }
                text.append(bytes[i])
            }
            return text
        }
        while let last = text.last, [0x20, 0x09, 0x0a, 0x0d].contains(last) { text.removeLast() }
        return text
    }

    /// os-release(5): a line PRETTY_NAME=, its value perhaps in quotes.
    private static func prettyName(_ text: [UInt8]) -> String? {
        let key = Array("PRETTY_NAME=".utf8)
        guard let line = text.split(separator: 0x0a).first(where: { $0.starts(with: key) }) else { return nil }
        var value = line.dropFirst(key.count)
        if let quote = value.first, quote == 0x22 || quote == 0x27, value.count > 1, value.last == quote {
            value = value.dropFirst().dropLast()
        }
        return value.isEmpty ? nil : String(decoding: value, as: UTF8.self).printable
    }
}

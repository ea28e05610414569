/// A PE file with the sections that a test names and nothing else, at the offsets of the PE/COFF
/// specification. With `.linux` it is a unified kernel image without a stub.
public struct SyntheticPE: Sendable {
    public struct Section: Sendable {
        public var name: String
        public var contents: [UInt8]
        /// Nil for what the contents have.
        public var virtualSize: UInt64?
        public var rawSize: UInt64?
        /// Nil for where the contents are.
        public var rawPointer: UInt64?

        public init(_ name: String, _ contents: [UInt8]) {
            self.name = name
            self.contents = contents
        }
    }

    public var sections: [Section]
    /// IMAGE_FILE_MACHINE_AMD64; arm64 has 0xaa64.
    public var machine: UInt64 = 0x8664
    /// e_lfanew
    public var headerAddress: UInt64 = 0x80
    public var signature: [UInt8] = [0x50, 0x45, 0, 0]
    public var optionalHeaderSize: UInt64 = 112
    /// Nil for as many as there are.
    public var sectionCount: UInt64?

    public init(_ sections: [Section]) { self.sections = sections }

    /// Kernel, initrd, command line and os-release.
    public static func unified(
        linux: [UInt8] = SyntheticBzImage.small().bytes, initrd: [UInt8] = Array("070701 the image's own".utf8),
        commandLine: String = "quiet root=/dev/vda1\n"
    ) -> SyntheticPE {
        SyntheticPE([
            Section(".osrel", Array("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13\"\n".utf8)),
            Section(".cmdline", Array(commandLine.utf8)), Section(".initrd", initrd), Section(".linux", linux),
        ])
    }

    public var tableStart: Int { Int(headerAddress) + 24 + Int(optionalHeaderSize) }
    /// Sections begin at multiples of 512, as linkers align them.
    public var contentsStart: Int { (tableStart + sections.count * 40 + 511) / 512 * 512 }

    public var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: contentsStart)
        bytes.replaceSubrange(0..<2, with: [0x4d, 0x5a])
        bytes.putLittleEndian(headerAddress, at: 0x3c, width: 4)
        let base = Int(headerAddress)
        bytes.replaceSubrange(base..<base + 4, with: signature)
        bytes.putLittleEndian(machine, at: base + 4, width: 2)
        bytes.putLittleEndian(sectionCount ?? UInt64(sections.count), at: base + 6, width: 2)
        bytes.putLittleEndian(optionalHeaderSize, at: base + 20, width: 2)
        for (index, section) in sections.enumerated() {
            let entry = tableStart + index * 40
            let name = Array(section.name.utf8.prefix(8))
            bytes.replaceSubrange(entry..<entry + name.count, with: name)
            let padded = (section.contents.count + 511) / 512 * 512
            bytes.putLittleEndian(section.virtualSize ?? UInt64(section.contents.count), at: entry + 8, width: 4)
            bytes.putLittleEndian(section.rawSize ?? UInt64(padded), at: entry + 16, width: 4)
            bytes.putLittleEndian(section.rawPointer ?? UInt64(bytes.count), at: entry + 20, width: 4)
            bytes += section.contents + [UInt8](repeating: 0, count: padded - section.contents.count)
        }
        return bytes
    }
}

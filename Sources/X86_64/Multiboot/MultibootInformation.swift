import BinaryLayout
import PhysicalMemory

/// The information structure of Multiboot (Multiboot Specification 0.6.96, section 3.3): fixed
/// fields, and behind them the tables and strings that they point to.
struct MultibootInformation {
    private enum Field {
        static let flags = IntegerField<UInt32>("flags", at: 0)
        static let memLower = IntegerField<UInt32>("mem_lower", at: 4)
        static let memUpper = IntegerField<UInt32>("mem_upper", at: 8)
        static let cmdline = IntegerField<UInt32>("cmdline", at: 16)
        static let modsCount = IntegerField<UInt32>("mods_count", at: 20)
        static let modsAddr = IntegerField<UInt32>("mods_addr", at: 24)
        static let mmapLength = IntegerField<UInt32>("mmap_length", at: 44)
        static let mmapAddr = IntegerField<UInt32>("mmap_addr", at: 48)
        static let bootLoaderName = IntegerField<UInt32>("boot_loader_name", at: 64)
    }
    /// With the fields of the video mode, which stay zero, in whole words of 64 bits.
    private static let fixedSize = 120
    /// mem_lower and mem_upper, cmdline, mods_*, mmap_*, boot_loader_name are valid.
    private static let flags: UInt32 = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9
    private static let moduleSize = 16
    /// What the `size` of an entry of the memory map counts: base_addr, length and type.
    private static let mapEntrySize: UInt32 = 20

    private let content: BootInformation
    /// Where the structure will lie.
    private let start: PhysicalAddress

    init(_ content: BootInformation, at start: PhysicalAddress) {
        self.content = content
        self.start = start
    }

    /// As many bytes wherever it lies.
    func bytes() throws(MultibootAddressError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.fixedSize)
        let modules = bytes.count
        bytes += [UInt8](repeating: 0, count: content.modules.count * Self.moduleSize)
        let map = bytes.count
        for entry in content.memoryMap {
            bytes.append(Self.mapEntrySize)
            bytes.append(entry.range.start.rawValue)
            bytes.append(entry.range.size.rawValue)
            bytes.append(entry.kind.multibootType)
        }
        let mapEnd = bytes.count
        let commandLine = append(content.commandLine.bytes, to: &bytes)
        let name = append(BootInformation.bootLoaderName, to: &bytes)
        var table: [UInt8] = []
        for module in content.modules {
            table.append(try MultibootAddressError.checked(module.memory.start))
            table.append(try MultibootAddressError.checked(module.memory.start, plus: module.size))
            table.append(try address(append(module.text, to: &bytes)))
            table.append(0 as UInt32)
        }
        do throws(TruncatedBytes) {
            try bytes.write(table, at: modules, what: "the modules' table")
            try bytes.write(Self.flags, to: Field.flags)
            try bytes.write(content.lowerKibibytes, to: Field.memLower)
            try bytes.write(content.upperKibibytes, to: Field.memUpper)
            try bytes.write(UInt32(clamping: content.modules.count), to: Field.modsCount)
            try bytes.write(UInt32(clamping: mapEnd - map), to: Field.mmapLength)
        } catch {
            throw MultibootAddressError(what: "\(error)")
        }
        for (field, offset) in [
            (Field.cmdline, commandLine), (Field.modsAddr, modules), (Field.mmapAddr, map), (Field.bootLoaderName, name),
        ] {
            let value = try address(offset)
            do throws(TruncatedBytes) { try bytes.write(value, to: field) } catch { throw MultibootAddressError(what: "\(error)") }
        }
        return bytes
    }

    /// Appends a string with its NUL, and returns where it begins.
    private func append(_ text: [UInt8], to bytes: inout [UInt8]) -> Int {
        let offset = bytes.count
        bytes += text + [0]
        return offset
    }

    private func address(_ offset: Int) throws(MultibootAddressError) -> UInt32 {
        try MultibootAddressError.checked(start, plus: ByteCount(offset))
    }
}

/// Something that the boot information names lies where 32 bits do not reach.
struct MultibootAddressError: Error, CustomStringConvertible {
    let what: String

    static func checked(_ start: PhysicalAddress, plus size: ByteCount = .zero) throws(MultibootAddressError) -> UInt32 {
        guard let sum = start.advanced(by: size), let address = UInt32(exactly: sum.rawValue) else {
            throw MultibootAddressError(what: "\(start) and \(size) from there on are not below 4 GiB")
        }
        return address
    }

    var description: String { what }
}

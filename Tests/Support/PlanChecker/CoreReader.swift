/// The program headers of an ELF core file, by the offsets of the ELF specification (ELF-64 Object File Format).
struct CoreReader {
    struct Header {
        /// 1 for PT_LOAD, 4 for PT_NOTE.
        var type: UInt64
        var offset: UInt64
        var virtual: UInt64
        var physical: UInt64
        var fileSize: UInt64
        var memorySize: UInt64

        var extent: Extent { Extent(physical, physical &+ memorySize) }
    }

    let machine: UInt64
    let headers: [Header]
    /// Where the table ends.
    let end: Int

    /// Nil where it is no 64-bit little-endian core file.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(at: 0, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), bytes.little(0x10, 2) == 4, let machine = bytes.little(0x12, 2),
            let start = bytes.little(0x20, 8), bytes.little(0x36, 2) == 56, let count = bytes.little(0x38, 2)
        else { return nil }
        self.machine = machine
        var headers: [Header] = []
        for index in 0..<Int(count) {
            let at = Int(clamping: start) &+ index * 56
            guard let type = bytes.little(at, 4), let offset = bytes.little(at + 8, 8), let virtual = bytes.little(at + 16, 8),
                let physical = bytes.little(at + 24, 8), let fileSize = bytes.little(at + 32, 8), let memorySize = bytes.little(at + 40, 8)
            else { return nil }
            headers.append(
                Header(type: type, offset: offset, virtual: virtual, physical: physical, fileSize: fileSize, memorySize: memorySize))
        }
        self.headers = headers
        end = Int(clamping: start) &+ headers.count * 56
    }
}

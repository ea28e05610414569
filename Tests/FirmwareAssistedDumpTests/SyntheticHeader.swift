/// Bytes of a crash info header, field by field, at the offsets that the kernel's structures have.
struct SyntheticHeader {
    var bigEndian = false
    private(set) var bytes: [UInt8] = []

    init(_ letters: String, bigEndian: Bool = false) {
        self.bigEndian = bigEndian
        // The first letter is the most significant byte of the number.
        bytes = bigEndian ? Array(letters.utf8) : Array(letters.utf8.reversed())
    }

    mutating func add(_ value: UInt64, width: Int) {
        let little = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        bytes += bigEndian ? little.reversed() : little
    }

    mutating func add(_ more: [UInt8]) { bytes += more }

    /// Linux 6.10 and newer.
    static func current(
        version: UInt64 = 1, cpu: UInt64 = 1, address: UInt64 = 0x220c_7000, noteSize: UInt64 = 0x1024,
        registers: [UInt8] = [UInt8](repeating: 0x5a, count: 384), mask: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0], bigEndian: Bool = false
    ) -> [UInt8] {
        var header = SyntheticHeader("FADMPSIG", bigEndian: bigEndian)
        header.add(version, width: 4)
        header.add(cpu, width: 4)
        header.add(address, width: 8)
        header.add(noteSize, width: 8)
        header.add(UInt64(registers.count), width: 4)
        header.add(UInt64(mask.count), width: 4)
        header.add(registers + mask)
        return header.bytes
    }

    /// Before 6.10. These are the numbers of a guest with Linux 6.1.
    static func older(address: UInt64 = 0x4000_11a0, cpu: UInt64 = 0xffff_ffff, bigEndian: Bool = false) -> [UInt8] {
        var header = SyntheticHeader("FADMPINF", bigEndian: bigEndian)
        header.add(address, width: 8)
        header.add(cpu, width: 4)
        header.add(0, width: 4)
        header.add([UInt8](repeating: 0, count: 384) + [3, 0, 0, 0, 0, 0, 0, 0])
        return header.bytes
    }

    /// The first proposal: four fields behind the CPU mask.
    static func versionAfterCPUMask(registers: [UInt8], mask: [UInt8], bigEndian: Bool = false) -> [UInt8] {
        var header = SyntheticHeader("FADMPSIG", bigEndian: bigEndian)
        header.add(0, width: 8)  // elfcorehdr_addr, no longer used by the first kernel
        header.add(0xffff_ffff, width: 4)
        header.add(0, width: 4)
        header.add(registers + mask)
        header.add(1, width: 4)
        header.add(0, width: 4)
        header.add(0, width: 8)  // elfcorehdr_size
        header.add(0x220c_7000, width: 8)
        header.add(0x1024, width: 8)
        return header.bytes
    }

    /// The other: two fields in front of vmcoreinfo_raddr.
    static func elfcorehdrAddressInside(
        address: UInt64 = 0, size: UInt64 = 0, note: UInt64 = 0x220c_7000, registers: [UInt8], mask: [UInt8], bigEndian: Bool = false
    ) -> [UInt8] {
        var header = SyntheticHeader("FADMPSIG", bigEndian: bigEndian)
        header.add(1, width: 4)
        header.add(0xffff_ffff, width: 4)
        header.add(address, width: 8)
        header.add(size, width: 8)
        header.add(note, width: 8)
        header.add(0x1024, width: 8)
        header.add(UInt64(registers.count), width: 4)
        header.add(UInt64(mask.count), width: 4)
        header.add(registers + mask)
        return header.bytes
    }
}

import LoadPlan

/// The notes that an ELF file is given at its entry, as Etherboot and coreboot do (their elf_boot.h):
/// a header, then notes without names.
enum ELFBootNotes {
    private enum Kind: UInt32 {
        case bootLoaderName = 2
        case commandLine = 4
    }

    private static let signature: UInt32 = 0x0e1f_b007
    /// Signature and size (4 bytes each), checksum and number of notes (2 each).
    private static let headerSize = 12
    private static let checksumOffset = 8

    /// - Parameter commandLine: without its NUL
    static func bytes(commandLine: KernelCommandLine) -> [UInt8] {
        let notes: [(Kind, [UInt8])] = [(.bootLoaderName, Array("swkexec".utf8)), (.commandLine, commandLine.bytes)]
        var body: [UInt8] = []
        for (kind, text) in notes {
            body.append(0 as UInt32)  // n_namesz
            body.append(UInt32(clamping: text.count + 1))  // n_descsz
            body.append(kind.rawValue)
            body += text + [0]
            while body.count % 4 != 0 { body.append(0) }
        }
        var header: [UInt8] = []
        header.append(signature)
        header.append(UInt32(clamping: headerSize + body.count))
        header.append(0 as UInt16)
        header.append(UInt16(clamping: notes.count))
        var bytes = header + body
        let sum = internetChecksum(bytes)
        bytes[checksumOffset] = UInt8(truncatingIfNeeded: sum)
        bytes[checksumOffset + 1] = UInt8(truncatingIfNeeded: sum >> 8)
        return bytes
    }

    /// The complement of the one's complement sum of all 16-bit words (RFC 1071). The byte order is
    /// that of the words, so the result is stored in the same.
    private static func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for i in stride(from: 0, to: bytes.count, by: 2) {
            let high = i + 1 < bytes.count ? UInt32(bytes[i + 1]) : 0
            sum += UInt32(bytes[i]) | high << 8
            sum = (sum & 0xffff) + (sum >> 16)
        }
        return ~UInt16(truncatingIfNeeded: sum)
    }
}

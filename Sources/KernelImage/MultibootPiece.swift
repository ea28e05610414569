import BinaryLayout
import PhysicalMemory

/// A part of a multiboot image: bytes of the file, and the memory below 4 GiB that they want.
public struct MultibootPiece: Hashable, Sendable {
    /// What 32-bit protected mode without paging reaches.
    static let reach: UInt64 = 1 << 32

    /// At least one byte, below 4 GiB.
    public let memory: PhysicalRange
    /// Within the file, and never longer than `memory`.
    public let bytes: Range<Int>

    init(address: UInt64, offset: UInt64, fileSize: UInt64, memorySize: UInt64, of available: Int) throws(MultibootError) {
        guard let start = Int(exactly: offset), let length = Int(exactly: fileSize), start <= available,
            available - start >= length
        else {
            throw .truncated(
                TruncatedBytes(
                    what: "the part of the image for address \(address.hex)", offset: Int(clamping: offset),
                    needed: Int(clamping: fileSize), available: available))
        }
        guard fileSize <= memorySize else {
            throw .layout("the part for address \(address.hex) has more bytes in the file, \(fileSize), than in memory, \(memorySize)")
        }
        guard let memory = PhysicalRange(start: PhysicalAddress(address), size: ByteCount(memorySize)),
            memory.end.rawValue <= Self.reach
        else {
            throw .layout("the part for address \(address.hex), 0x\(String(memorySize, radix: 16)) bytes, is empty or not below 4 GiB")
        }
        self.memory = memory
        bytes = start..<start + length
    }
}

import BinaryLayout
import PhysicalMemory

extension DeviceTree {
    /// Reads a flattened tree of version 16 or newer that readers of version 17 understand. Each byte
    /// is looked at once; nothing in it is believed before it was compared with where it must lie.
    ///
    /// Bytes may follow totalsize where they are all zero: files are padded.
    public init(_ bytes: borrowing Span<UInt8>) throws(DeviceTreeError) {
        let header = try FlattenedHeader(bytes)
        bootCPU = header.bootCPU
        reservations = try Self.reservations(bytes, in: header.reservations)
        var reader = StructureReader(header)
        root = try reader.tree(bytes)
    }

    private static let address = IntegerField<UInt64>("address", at: 0)
    private static let size = IntegerField<UInt64>("size", at: 8)

    /// The memory reservation block (section 5.3). The specification ends it by an entry of two zeros;
    /// kernels and dtc end it at the first size of zero, and so does this.
    private static func reservations(
        _ bytes: borrowing Span<UInt8>, in block: Range<Int>
    ) throws(DeviceTreeError) -> [PhysicalRange] {
        var ranges: [PhysicalRange] = []
        var offset = block.lowerBound
        while block.upperBound - offset >= FlattenedHeader.reservationSize {
            let address: UInt64
            let size: UInt64
            do throws(TruncatedBytes) {
                address = try bytes.read(Self.address, in: offset, order: .bigEndian)
                size = try bytes.read(Self.size, in: offset, order: .bigEndian)
            } catch {
                throw .truncated(error)
            }
            if size == 0 { return ranges }
            guard let range = PhysicalRange(start: PhysicalAddress(address), size: ByteCount(size)) else {
                throw .reservation(at: offset, "\(size.hex) bytes at \(address.hex) end beyond the last address of 64 bits")
            }
            ranges.append(range)
            offset += FlattenedHeader.reservationSize
        }
        throw .reservation(at: offset, "no entry of size 0 ends them before byte 0x\(String(block.upperBound, radix: 16))")
    }
}

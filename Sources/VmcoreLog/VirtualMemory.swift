import BinaryLayout
import ELF

/// The memory of the crashed kernel by its virtual addresses, as the PT_LOADs of a vmcore hold it.
struct VirtualMemory {
    /// Virtual addresses `start` to `end`, of which the first `fileSize` bytes are in the file.
    /// ELF says that the others are zeros.
    private struct Piece {
        var start: UInt64
        var end: UInt64
        var offset: UInt64
        var fileSize: UInt64
    }

    private let file: CoreFile
    let order: ByteOrder
    /// In address order, disjoint.
    private let pieces: [Piece]

    /// Where PT_LOADs overlap, the one that begins first holds the bytes.
    init(file: CoreFile, order: ByteOrder, loads: [ProgramHeader]) {
        self.file = file
        self.order = order
        var pieces: [Piece] = []
        var covered: UInt64 = 0
        for load in loads.sorted(by: { $0.virtualAddress < $1.virtualAddress }) {
            let start = max(load.virtualAddress, covered)
            let (sum, overflow) = load.virtualAddress.addingReportingOverflow(load.memorySize.rawValue)
            let end = overflow ? .max : sum
            guard start < end else { continue }
            let skipped = start - load.virtualAddress
            let (offset, beyond) = load.offset.rawValue.addingReportingOverflow(skipped)
            guard !beyond else { continue }
            let fileSize = load.fileSize.rawValue > skipped ? load.fileSize.rawValue - skipped : 0
            pieces.append(Piece(start: start, end: end, offset: offset, fileSize: min(fileSize, end - start)))
            covered = end
        }
        self.pieces = pieces
    }

    /// Fills `buffer` from a virtual address on, at least its first `needed` bytes. Gives how many
    /// there are.
    func read(_ address: UInt64, into buffer: inout [UInt8], needed: Int, what: String) throws(VmcoreError) -> Int {
        var done = 0
        while done < buffer.count {
            let (position, overflow) = address.addingReportingOverflow(UInt64(done))
            guard !overflow, let piece = piece(at: position) else {
                guard done >= needed else { throw .unmapped(what: what, address: overflow ? .max : position) }
                return done
            }
            let skipped = position - piece.start
            let rest = buffer.count - done
            guard skipped < piece.fileSize else {
                let zeros = Int(clamping: min(UInt64(rest), piece.end - position))
                for i in done..<done + zeros { buffer[i] = 0 }
                done += zeros
                continue
            }
            let count = Int(clamping: min(UInt64(rest), piece.fileSize - skipped))
            let (offset, beyond) = piece.offset.addingReportingOverflow(skipped)
            let got = beyond ? 0 : try file.read(at: offset, into: &buffer, range: done..<done + count)
            done += got
            guard got == count else {
                guard done >= needed else {
                    throw .truncated(what: what, offset: beyond ? .max : offset, needed: min(count, needed - done + got), available: got)
                }
                return done
            }
        }
        return done
    }

    /// Exactly `count` bytes from a virtual address.
    func bytes(_ address: UInt64, count: Int, what: String) throws(VmcoreError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        _ = try read(address, into: &buffer, needed: count, what: what)
        return buffer
    }

    /// A variable of the kernel that is an integer.
    func integer<Value>(_ name: StaticString, at address: UInt64) throws(VmcoreError) -> Value
    where Value: FixedWidthInteger & UnsignedInteger & Sendable {
        let field = IntegerField<Value>(name, at: 0)
        return try integer(field, of: try bytes(address, count: field.width, what: "\(name)"))
    }

    /// A member of a structure that begins at `base` of some bytes.
    func integer<Value>(_ field: IntegerField<Value>, of bytes: [UInt8], in base: Int = 0) throws(VmcoreError) -> Value {
        do { return try bytes.span.read(field, in: base, order: order) } catch { throw .elf(.truncated(error)) }
    }

    /// The piece that holds an address, by halving.
    private func piece(at address: UInt64) -> Piece? {
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end <= address { low = middle + 1 } else { high = middle }
        }
        guard low < pieces.count, pieces[low].start <= address else { return nil }
        return pieces[low]
    }
}

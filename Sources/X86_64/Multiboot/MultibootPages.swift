import ByteStorage
import KernelImage
import LoadPlan
import PhysicalMemory

/// The pages that the pieces of a multiboot image lie in. Pieces may begin and end anywhere, the
/// kernel takes whole pages: pieces that share a page become one segment.
struct MultibootPages {
    /// A piece at the place where it is loaded.
    private struct Placed {
        let memory: PhysicalRange
        let bytes: Range<Int>
    }

    /// Whole pages.
    let memory: PhysicalRange
    private var placed: [Placed]

    /// - Parameter base: where the image's first byte is loaded
    static func all(of image: MultibootImage, at base: PhysicalAddress) throws(PlanError) -> [MultibootPages] {
        var all: [MultibootPages] = []
        for piece in image.pieces {
            // A piece begins at or above the image's start.
            let distance = ByteCount(piece.memory.start.rawValue &- image.memory.start.rawValue)
            guard let start = base.advanced(by: distance),
                let memory = PhysicalRange(start: start, size: piece.memory.size),
                let end = memory.end.alignedUp(to: .page),
                let pages = PhysicalRange(start: start.alignedDown(to: .page), end: end)
            else { throw .rule(.kernel, "its part for \(piece.memory) does not fit below the end of memory") }
            let placed = Placed(memory: memory, bytes: piece.bytes)
            if let last = all.last, last.memory.overlaps(pages),
                let joined = PhysicalRange(start: last.memory.start, end: max(last.memory.end, pages.end))
            {
                all[all.count - 1] = MultibootPages(memory: joined, placed: last.placed + [placed])
            } else {
                all.append(MultibootPages(memory: pages, placed: [placed]))
            }
        }
        return all
    }

    /// What is loaded into the pages; what is zero up to their end is left out.
    func contents(of file: Bytes) throws(PlanError) -> Bytes {
        if placed.count == 1, let only = placed.first, only.memory.start == memory.start, let bytes = file.slice(only.bytes) {
            return bytes
        }
        var joined: [UInt8] = []
        for piece in placed where !piece.bytes.isEmpty {
            // The pieces lie within the pages, and the pages within usable RAM, one after the other.
            let offset = piece.memory.start.rawValue &- memory.start.rawValue
            guard let start = Int(exactly: offset), start >= joined.count, start <= KernelFile.sizeLimit,
                let bytes = file.slice(piece.bytes)
            else { throw .rule(.kernel, "its parts in \(memory) are further apart than a kernel is large") }
            joined += [UInt8](repeating: 0, count: start - joined.count)
            bytes.withSpan { span in
                joined.reserveCapacity(joined.count + span.count)
                for i in span.indices { joined.append(span[i]) }
            }
        }
        return Bytes(joined)
    }
}

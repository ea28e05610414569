import ELF
import LoadPlan
import PhysicalMemory

/// An elfcorehdr and the room it gets, which has to be enough for what the kernel may write there
/// when memory and CPUs come and go.
public struct ElfcorehdrSegment: Sendable {
    /// Least room of a header that nobody rewrites.
    static let smallest = ByteCount.kibibytes(16)
    /// Program headers that a header above sysfs's own figure may still grow by.
    static let growth = 256

    /// The header itself.
    public let bytes: [UInt8]
    /// In whole pages.
    public let size: ByteCount
    /// What the user should know: the room is less than the kernel may need.
    public let warning: String?

    /// - Parameter capacity: bytes of program headers that sysfs names for it; nil where nobody
    ///   rewrites it
    public init(_ header: Elfcorehdr, capacity: ByteCount?, pageSize: ByteCount) throws(PlanError) {
        do {
            bytes = try header.bytes()
        } catch {
            throw .elfcorehdr(error)
        }
        let needed = ByteCount(bytes.count)
        var room = Self.smallest
        var warning: String?
        if let capacity {
            // sysfs counts program headers only; the ELF header stands before them.
            let total = capacity.adding(ByteCount(ELFHeader.size)) ?? capacity
            if needed > total {
                warning =
                    "the elfcorehdr needs \(needed) today, more than the \(capacity) that the kernel names for it: it can grow by \(Self.growth) ranges only"
                room = needed.adding(ByteCount(Self.growth * ProgramHeader.size)) ?? needed
            } else {
                room = total
            }
        }
        guard let size = max(room, needed).alignedUp(to: pageSize) else {
            throw .rule(.elfcorehdr, "the capacity of \(room) that sysfs names for it is larger than any memory")
        }
        self.size = size
        self.warning = warning
    }
}

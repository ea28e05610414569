import BinaryLayout
import PhysicalMemory

/// The linked list of setup_data that boot_params points to, as the contents of one segment
/// (Documentation/arch/x86/boot.rst, setup_data).
struct SetupData {
    enum Kind: UInt32 {
        case e820Extension = 1
        case efi = 4
        case rngSeed = 9
    }

    /// next (8 bytes), type (4), len (4); the data follow.
    private static let headerSize = 16
    private static let next = IntegerField<UInt64>("next", at: 0)

    /// Where the segment will lie.
    let start: PhysicalAddress
    private(set) var bytes: [UInt8] = []
    private var lastNode: Int?

    init(at start: PhysicalAddress) { self.start = start }

    /// The address of the list's first member; 0 while there is none.
    var first: UInt64 { lastNode == nil ? 0 : firstNode }
    private var firstNode: UInt64 = 0

    /// Appends a member, links it, and returns the address of its data.
    @discardableResult
    mutating func append(_ kind: Kind, _ data: [UInt8]) throws(TruncatedBytes) -> PhysicalAddress {
        while bytes.count % 8 != 0 { bytes.append(0) }
        let offset = bytes.count
        let address = start.rawValue &+ UInt64(offset)
        if let last = lastNode { try bytes.write(address, to: Self.next, in: last) } else { firstNode = address }
        lastNode = offset
        bytes.append(0 as UInt64)
        bytes.append(kind.rawValue)
        bytes.append(UInt32(clamping: data.count))
        bytes += data
        return PhysicalAddress(address &+ UInt64(Self.headerSize))
    }
}

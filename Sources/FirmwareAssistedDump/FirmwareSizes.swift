import HostState
import PhysicalMemory

/// What the firmware of a pseries machine asks room for, by the device tree: entries of
/// a type of 32 bits and a size of 64, big-endian.
public struct FirmwareSizes: Hashable, Sendable {
    /// The property.
    public static let name = "proc/device-tree/rtas/ibm,configure-kernel-dump-sizes"
    private static let entrySize = 12
    private static let cpuStateType: UInt64 = 1
    private static let hashPageTableType: UInt64 = 2

    /// Room for the registers of all CPUs.
    public var cpuState: ByteCount
    /// Room for the hash page table; zero where it has none.
    public var hashPageTable: ByteCount

    /// Nil where the device tree has no such property.
    public static func read(_ root: SystemRoot) throws(HostStateError) -> FirmwareSizes? {
        guard let bytes = try root.read(name) else { return nil }
        guard bytes.count % entrySize == 0 else {
            throw .contradiction(root.file(name), "\(bytes.count) bytes are no list of entries of \(entrySize)")
        }
        var sizes = FirmwareSizes(cpuState: .zero, hashPageTable: .zero)
        for start in stride(from: 0, to: bytes.count, by: entrySize) {
            func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
            let size = ByteCount(number(start + 4..<start + 12))
            switch number(start..<start + 4) {
            case cpuStateType: sizes.cpuState = size
            case hashPageTableType: sizes.hashPageTable = size
            default: continue
            }
        }
        return sizes
    }
}

import DeviceTree
import PhysicalMemory

/// The blocks of memory that a hypervisor gives and takes at run time
/// (ibm,dynamic-reconfiguration-memory, PAPR section 13.5.2; read by arch/powerpc/mm/drmem.c).
struct DynamicMemory {
    static let path = "/ibm,dynamic-reconfiguration-memory"
    /// More blocks than the largest machine has: 256 TiB of the usual 256 MiB.
    private static let maximumBlocks = 1 << 20
    private static let isAssigned: UInt32 = 0x8
    private static let isReserved: UInt32 = 0x80

    /// The blocks that belong to this machine, in the order of the property.
    let assigned: [PhysicalRange]

    /// Nil for a machine without such memory.
    init?(_ tree: DeviceTree) throws(DeviceTreeError) {
        guard let node = tree.node(Self.path), let size = try node.number("ibm,lmb-size") else { return nil }
        if let old = try node.u32s("ibm,dynamic-memory") {
            assigned = try Self.blocks(old, of: size, runs: false, node, "ibm,dynamic-memory")
        } else if let new = try node.u32s("ibm,dynamic-memory-v2") {
            assigned = try Self.blocks(new, of: size, runs: true, node, "ibm,dynamic-memory-v2")
        } else {
            return nil
        }
    }

    /// A count, then an entry a block: address (2 cells), DRC index, a reserved cell, associativity
    /// list, flags. In the newer encoding an entry a run of blocks: their number, address (2), DRC
    /// index, associativity list, flags.
    private static func blocks(
        _ cells: [UInt32], of size: UInt64, runs: Bool, _ node: DeviceTree.LocatedNode, _ name: String
    ) throws(DeviceTreeError) -> [PhysicalRange] {
        let width = 6
        guard let count = cells.first, UInt64(cells.count - 1) >= UInt64(count) * UInt64(width) else {
            throw .value(node.path, name, found: "\(cells.count) cells", allowed: "a count and \(width) cells for each entry")
        }
        var blocks: [PhysicalRange] = []
        var seen = 0
        for entry in 0..<Int(count) {
            let fields = cells[(1 + entry * width)...].prefix(width).map { UInt64($0) }
            let number = runs ? fields[0] : 1
            let address = runs ? fields[1] << 32 | fields[2] : fields[0] << 32 | fields[1]
            let flags = UInt32(truncatingIfNeeded: fields[5])
            guard number <= UInt64(maximumBlocks - seen) else {
                throw .value(node.path, name, found: "more than \(maximumBlocks) blocks", allowed: "no more than a machine can have")
            }
            seen += Int(number)
            guard flags & isAssigned != 0, flags & isReserved == 0 else { continue }
            for index in 0..<number {
                let (offset, isTooFar) = index.multipliedReportingOverflow(by: size)
                let (start, isBeyond) = address.addingReportingOverflow(offset)
                guard !isTooFar, !isBeyond, let block = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
                    throw .value(
                        node.path, name, found: "a block of \(size.hex) bytes in a run at \(address.hex)",
                        allowed: "ranges that end below 2^64")
                }
                blocks.append(block)
            }
        }
        return blocks
    }

    /// linux,drconf-usable-memory: for each assigned block the number of usable ranges in it, then
    /// these. The kernel passes over blocks that are reserved or not assigned without looking into
    /// this property (early_init_drmem_lmb in arch/powerpc/kernel/prom.c), so they have no entry.
    func usableMemory(_ usable: [PhysicalRange], cells: DeviceTree.CellCounts) throws(DeviceTreeError) -> [UInt8] {
        var bytes: [UInt8] = []
        for block in assigned {
            let parts = usable.clipped(to: block)
            bytes += try cells.bytes(count: parts.count)
            bytes += try cells.bytes(parts)
        }
        return bytes
    }
}

import DeviceTree
import PhysicalMemory

/// The flattened device tree as it stands in memory, and against the machine's own.
public struct InspectedTree: Hashable, Sendable {
    /// Where it lies.
    public let start: PhysicalAddress
    /// The names of its CPUs' nodes.
    public let cpus: [String]
    /// Bytes that are left in its segment.
    public let room: ByteCount
    /// /chosen/bootargs without its NUL.
    let commandLine: [UInt8]?
    /// What /chosen has of one.
    let randomSeed: [UInt8]?

    /// The kernel maps 2 MiB of a tree on arm64; those of the largest POWER machines have a few.
    static let limit = ByteCount.mebibytes(8)
    private static let headerSize = ByteCount(40)

    /// Where the last of its blocks ends, in bytes from the start of its header.
    private static func used(_ header: [UInt8]) -> UInt64 {
        func word(_ offset: Int) -> UInt64 { header[offset..<offset + 4].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        // off_dt_struct and size_dt_struct, off_dt_strings and size_dt_strings
        return max(word(8) + word(36), word(12) + word(32))
    }

    /// - Parameter live: the running machine's tree; nil where there is none to compare with
    static func read(
        _ segment: PhysicalRange, in memory: some CrashMemory, against live: DeviceTree?
    ) throws(CrashMemoryError) -> (tree: InspectedTree?, findings: [Finding]) {
        func malformed(_ why: String) -> (tree: InspectedTree?, findings: [Finding]) { (nil, [.treeMalformed(segment.start, why)]) }
        guard let head = PhysicalRange(start: segment.start, size: headerSize), segment.contains(head) else {
            return malformed("no room for an FDT header")
        }
        let start = try memory.bytes(head)
        let total = start[4..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard start.prefix(4).elementsEqual([0xd0, 0x0d, 0xfe, 0xed]) else { return malformed("no FDT magic") }
        guard let whole = PhysicalRange(start: segment.start, size: ByteCount(total)), segment.contains(whole) else {
            return malformed("totalsize \(total) is more than the segment's \(segment.size)")
        }
        guard whole.size <= limit else { return malformed("totalsize \(total) is more than \(limit)") }
        var bytes: [UInt8] = []
        for portion in whole.portions { bytes += try memory.bytes(portion) }
        do {
            let tree = try DeviceTree(bytes.span)
            let cpus = tree.cpuNames
            // The kernel lets a tree take all of its segment, whatever stands in it: what its blocks leave counts.
            let room = ByteCount(segment.size.rawValue - min(segment.size.rawValue, used(start)))
            let commandLine = try tree.node("/chosen")?.string("bootargs").map { Array($0.utf8) }
            let missing = (live?.cpuNames ?? []).filter { !cpus.contains($0) }
            return (
                InspectedTree(
                    start: segment.start, cpus: cpus, room: room, commandLine: commandLine, randomSeed: InspectedSeed.read(tree)),
                missing.isEmpty ? [] : [.treeCPUsMissing(missing)]
            )
        } catch {
            return malformed("\(error)")
        }
    }
}

extension DeviceTree {
    /// Of the nodes of CPUs (Devicetree Specification, section 3.8): their names hold their hardware ids.
    fileprivate var cpuNames: [String] {
        (node("/cpus")?.children ?? []).filter { (try? $0.string("device_type")) == "cpu" }.map(\.name)
    }
}

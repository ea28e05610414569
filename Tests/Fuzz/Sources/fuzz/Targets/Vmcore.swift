import ByteStorage
import SystemPackage
import TestSupport
import VmcoreLog

extension FuzzTarget {
    /// A captured core, up to the text of its log, in each of the three forms a log had.
    static let vmcore = FuzzTarget(name: "vmcore") {
        var ring = SyntheticRingbuffer(sizeBits: 7, shift: 8)
        ring.tailID = 6
        ring.position = 64
        ring.records = [.init(0, "Linux version"), .init(1_000_000_000, "two\nlines"), .init(2_000_000_000, "Kernel panic")]
        var big = ring
        big.order = .bigEndian
        var records = SyntheticRecordLog(size: 128, first: 64)
        records.records = [.init(0, "Linux version"), .init(1_000_000_000, "a second line"), .init(2_000_000_000, "Kernel panic")]
        let text = SyntheticTextLog(size: 64, before: 40, text: Array("<6>Linux version\n<1>Kernel panic\n".utf8))
        // Memory that the file leaves out, in front of the log and behind it.
        var sparse = text.vmcore
        sparse.loads[0].memorySize = 1 << 40
        sparse.loads.insert(.init(address: SyntheticRecordLog.base - 0x1000, bytes: [1], memorySize: 0x1000), at: 0)
        return [ring.vmcore.bytes, big.vmcore.bytes, records.vmcore.bytes, text.vmcore.bytes, sparse.bytes]
    } read: { bytes in
        attempt {
            let file = try MemoryFile(name: "vmcore")
            try unsafe bytes.withUnsafeBytes { try unsafe file.append($0) }
            let written = Written()
            try Vmcore(path: FilePath("/proc/self/fd/\(file.descriptor.rawValue)")).writeLog { (chunk) throws(VmcoreError) in
                written.count += chunk.count
                // Memory that a core leaves out is zeros, gigabytes of them for a few bytes of file. A reader that has
                // seen enough closes its pipe.
                if written.count > 1 << 20 { throw .system(doing: "write", .brokenPipe) }
            }
        }
    }

    private final class Written {
        var count = 0
    }
}

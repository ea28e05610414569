import ByteStorage
import ELF
import HostState
import PhysicalMemory

/// Memory as /proc/kcore shows it: a PT_LOAD for each range of RAM that the running kernel maps, the crash kernel's region among them
/// (fs/proc/kcore.c; arm64 kernels map that since Linux 6.4).
public struct KernelCoreMemory: CrashMemory {
    private let file: PositionedFile
    private let loads: [ProgramHeader]

    /// - Parameter core: its program headers
    public init(_ core: KernelCore, in root: SystemRoot) throws(CrashMemoryError) {
        do { file = try PositionedFile(root.file(KernelCore.name)) } catch { throw .file(error) }
        loads = core.loads
    }

    /// Throws where no mapping, or not all of the file, has them.
    public func bytes(_ range: PhysicalRange) throws(CrashMemoryError) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = range.start
        while let rest = PhysicalRange(start: next, end: range.end) {
            guard let (offset, part) = place(of: rest) else { throw .unmapped(rest, file.path) }
            let count = Int(clamping: part.size.rawValue)
            let piece: [UInt8]
            do { piece = try file.bytes(at: offset, count: count) } catch { throw .file(error) }
            guard piece.count == count else { throw .notThere(part, file.path) }
            if part == range { return piece }
            bytes += piece
            next = part.end
        }
        return bytes
    }

    /// Bytes at a virtual address of the running kernel; nil where no mapping has them all.
    func bytes(atVirtual address: UInt64, count: Int) -> [UInt8]? {
        for load in loads where address >= load.virtualAddress {
            let inside = address - load.virtualAddress
            guard inside < load.memorySize.rawValue, load.memorySize.rawValue - inside >= UInt64(count) else { continue }
            let (offset, overflow) = load.offset.rawValue.addingReportingOverflow(inside)
            guard !overflow, let bytes = try? file.bytes(at: offset, count: count), bytes.count == count else { continue }
            return bytes
        }
        return nil
    }

    /// Where the first part of a range stands in the file.
    private func place(of range: PhysicalRange) -> (offset: UInt64, part: PhysicalRange)? {
        for load in loads {
            guard let mapped = PhysicalRange(start: load.physicalAddress, size: load.memorySize), mapped.contains(range.start),
                let part = mapped.intersection(range)
            else { continue }
            let (offset, overflow) = load.offset.rawValue.addingReportingOverflow(range.start.rawValue - mapped.start.rawValue)
            if !overflow { return (offset, part) }
        }
        return nil
    }
}

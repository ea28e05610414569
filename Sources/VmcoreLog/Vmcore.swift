import BinaryLayout
import ELF
import SystemPackage

/// The memory of a crashed kernel: /proc/vmcore, or a copy of it. A 64-bit ELF core of either byte
/// order; its size does not matter, it is read at offsets.
public struct Vmcore {
    private let memory: VirtualMemory
    private let info: VMCOREINFO

    /// Maps a core, or /proc/vmcore, and reads its headers and notes. Throws where it is no core of a
    /// Linux kernel, or its notes are damaged.
    public init(path: FilePath) throws(VmcoreError) {
        let file = try CoreFile(path: path)
        let (header, segments) = try Self.head(of: file)
        guard header.type == ELFType.core else { throw .notACore(header.type) }
        var notes = Notes(of: file, order: header.byteOrder)
        var found: [UInt8]?
        for segment in segments where segment.type == SegmentType.note && found == nil {
            found = try notes.vmcoreinfo(in: segment)
        }
        guard let found else { throw .noVMCOREINFO }
        info = VMCOREINFO(found)
        memory = VirtualMemory(file: file, order: header.byteOrder, loads: segments.filter { $0.type == SegmentType.load })
    }

    /// Hands out the kernel log as text, oldest record first, in chunks that need not end with a
    /// line. After an error everything that could be read before has been handed out.
    public func writeLog(to sink: @escaping ([UInt8]) throws(VmcoreError) -> Void) throws(VmcoreError) {
        var text = LogText(sink: sink)
        do throws(VmcoreError) {
            if try info.address(of: "prb") != nil {
                try PrintkRingbuffer(info, memory).write(to: &text)
            } else if try info.address(of: "log_first_idx") != nil {
                try RecordRing(info, memory).write(to: &text)
            } else if try info.address(of: "log_end") != nil {
                try TextRing(info, memory).write(to: &text)
            } else {
                throw .noLog
            }
        } catch {
            try text.flush()
            throw error
        }
        try text.flush()
    }

    private static func head(of file: CoreFile) throws(VmcoreError) -> (ELFHeader, [ProgramHeader]) {
        var start = [UInt8](repeating: 0, count: ELFHeader.size)
        let got = try file.read(at: 0, into: &start, range: 0..<start.count)
        start.removeLast(start.count - got)
        var header: ELFHeader
        do { header = try ELFHeader(start.span) } catch { throw .elf(error) }
        let table = try file.bytes(
            at: header.programHeadersOffset, count: Int(header.programHeaderCount) * ProgramHeader.size,
            what: "the table of \(header.programHeaderCount) program headers")
        // The table was read by itself, so it begins where its bytes begin.
        header.programHeadersOffset = 0
        do { return (header, try ProgramHeader.table(of: header, in: table.span)) } catch { throw .elf(error) }
    }
}

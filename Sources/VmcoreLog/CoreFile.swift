import SystemPackage

/// A file read at offsets by pread(2): nothing is mapped, nothing is read that is not asked for,
/// and its size is not looked at, since that of /proc/vmcore only shows in reading.
final class CoreFile {
    private let descriptor: FileDescriptor

    init(path: FilePath) throws(VmcoreError) {
        do { descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) } catch {
            throw .system(doing: "open", (error as? Errno) ?? .ioError)
        }
    }

    deinit { try? descriptor.close() }

    /// Fills `buffer[range]` from `offset` on, and goes on after a short read. Gives the number of
    /// bytes there were: fewer than asked for where the file ends.
    func read(at offset: UInt64, into buffer: inout [UInt8], range: Range<Int>) throws(VmcoreError) -> Int {
        var done = 0
        while done < range.count {
            // Beyond what off_t can say no file has bytes.
            let (position, overflow) = offset.addingReportingOverflow(UInt64(done))
            guard !overflow, let position = Int64(exactly: position) else { return done }
            let got: Int
            do {
                got = try unsafe buffer.withUnsafeMutableBytes {
                    let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: $0[range.lowerBound + done..<range.upperBound])
                    return try unsafe descriptor.read(fromAbsoluteOffset: position, into: rest)
                }
            } catch {
                throw .system(doing: "read", (error as? Errno) ?? .ioError)
            }
            guard got > 0 else { return done }
            done += got
        }
        return done
    }

    /// Exactly `count` bytes from `offset`.
    func bytes(at offset: UInt64, count: Int, what: String) throws(VmcoreError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = try read(at: offset, into: &buffer, range: 0..<count)
        guard got == count else { throw .truncated(what: what, offset: offset, needed: count, available: got) }
        return buffer
    }
}

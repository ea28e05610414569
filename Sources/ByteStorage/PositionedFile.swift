import SystemPackage

/// A file read at offsets by pread(2): nothing is mapped, nothing is read that is not asked for, and its size is not looked at, since
/// that of files in /proc says nothing.
public final class PositionedFile: Sendable {
    /// Its name, for messages.
    public let path: FilePath
    private let descriptor: FileDescriptor

    /// Opens it for reading.
    public init(_ path: FilePath) throws(FileError) {
        self.path = path
        do { descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) } catch {
            throw .system(path, doing: "open", (error as? Errno) ?? .ioError)
        }
    }

    deinit { try? descriptor.close() }

    /// `count` bytes from `offset` on; fewer where the file ends.
    public func bytes(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        do {
            return try unsafe [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, used in
                while used < count {
                    // Beyond what off_t can say no file has bytes.
                    let (position, overflow) = offset.addingReportingOverflow(UInt64(used))
                    guard !overflow, let position = Int64(exactly: position) else { return }
                    let rest = unsafe UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[used..<count]))
                    let got = try unsafe descriptor.read(fromAbsoluteOffset: position, into: rest)
                    guard got > 0 else { return }
                    used += got
                }
            }
        } catch {
            throw .system(path, doing: "read", (error as? Errno) ?? .ioError)
        }
    }
}

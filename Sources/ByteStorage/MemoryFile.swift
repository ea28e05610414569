import CLinux
import SystemPackage

/// A nameless file in memory (memfd_create(2)), close-on-exec: where decompressed and piped bytes
/// go, so that they are mapped like any other file.
public final class MemoryFile {
    /// The open file, for calls that take one; closed with this object.
    public let descriptor: FileDescriptor
    /// Bytes written so far.
    public private(set) var count = 0
    private let path: FilePath

    /// Makes an empty one.
    /// - Parameter name: what /proc/PID/fd shows of it
    public init(name: String) throws(FileError) {
        path = FilePath("memfd:\(name)")
        let answer = unsafe clinux_memfd_create(name)
        guard answer >= 0 else { throw .system(path, doing: "create", Errno(rawValue: -answer)) }
        descriptor = FileDescriptor(rawValue: answer)
    }

    deinit { try? descriptor.close() }

    /// Appends all bytes; a short write is continued.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        do { count += try unsafe descriptor.writeAll(bytes) } catch {
            throw .system(path, doing: "write", (error as? Errno) ?? .ioError)
        }
    }

    /// Appends everything that can be read from `source`, at most `limit` bytes in all.
    func append(contentsOf source: FileDescriptor, from sourcePath: FilePath, limit: Int) throws(FileError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got: Int
            do { got = try unsafe buffer.withUnsafeMutableBytes { try unsafe source.read(into: $0) } } catch {
                throw .system(sourcePath, doing: "read", (error as? Errno) ?? .ioError)
            }
            guard got > 0 else { return }
            guard count + got <= limit else { throw .tooLarge(sourcePath, limit: limit) }
            try unsafe buffer.withUnsafeBufferPointer { (all) throws(FileError) in
                try unsafe append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: all[..<got])))
            }
        }
    }

    /// Reads a regular file once, from its start to its end, into a memory file that nobody can change:
    /// what is checked is what is used, whatever happens to the file meanwhile.
    /// - Parameters:
    ///   - magic: what the file begins with; of any other file only the start is read
    ///   - limit: the most bytes that are taken
    public static func reading(_ path: FilePath, magic: [UInt8], limit: Int) throws(FileError) -> Bytes {
        let file: FileDescriptor
        // Without waiting for a writer, where it is a pipe.
        do { file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]) } catch {
            throw .system(path, doing: "open", (error as? Errno) ?? .ioError)
        }
        defer { try? file.close() }
        var status = clinux_file_status()
        let answer = unsafe clinux_file_status(file.rawValue, &status)
        guard answer == 0 else { throw .system(path, doing: "stat", Errno(rawValue: -answer)) }
        if status.is_directory != 0 { throw .isDirectory(path) }
        guard status.is_regular != 0 else { throw .notRegular(path) }
        let copy = try MemoryFile(name: "swkexec")
        guard try copy.append(magic, of: file, from: path) else { return try copy.sealed() }
        // A sparse file can be of any size.
        guard status.size <= Int64(limit) else { throw .tooLarge(path, limit: limit) }
        try copy.append(contentsOf: file, from: path, limit: limit)
        return try copy.sealed()
    }

    /// Appends the first bytes of `source`, as many as `magic` has; false when they are others.
    private func append(_ magic: [UInt8], of source: FileDescriptor, from sourcePath: FilePath) throws(FileError) -> Bool {
        var start = [UInt8](repeating: 0, count: magic.count)
        var got = 0
        while got < start.count {
            let more: Int
            do {
                more = try unsafe start.withUnsafeMutableBytes {
                    try unsafe source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[got...]))
                }
            } catch {
                throw .system(sourcePath, doing: "read", (error as? Errno) ?? .ioError)
            }
            guard more > 0 else { break }
            got += more
        }
        start.removeLast(start.count - got)
        try unsafe start.withUnsafeBufferPointer { (bytes) throws(FileError) in
            try unsafe append(UnsafeRawBufferPointer(bytes))
        }
        return start == magic
    }

    /// The same bytes as the whole content of a file: themselves, where they are that already.
    public static func holding(_ bytes: Bytes) throws(FileError) -> Bytes {
        if bytes.descriptor != nil { return bytes }
        let copy = try MemoryFile(name: "swkexec")
        try unsafe bytes.withUnsafeBytes { (all) throws(FileError) in try unsafe copy.append(all) }
        return try copy.sealed()
    }

    /// Seals what was written and maps it.
    public func sealed() throws(FileError) -> Bytes {
        let answer = clinux_seal(descriptor.rawValue)
        guard answer == 0 else { throw .system(path, doing: "seal", Errno(rawValue: -answer)) }
        return Bytes(try MappedFile(duplicating: descriptor, size: Int64(count), path: path, limit: .max))
    }
}

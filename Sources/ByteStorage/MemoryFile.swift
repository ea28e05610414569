import CLinux
import SystemPackage

/// A nameless file in memory (memfd_create(2)), close-on-exec: where decompressed and piped bytes
/// go, so that they are mapped like any other file.
public final class MemoryFile {
    public let descriptor: FileDescriptor
    /// Bytes written so far.
    public private(set) var count = 0
    private let path: FilePath

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

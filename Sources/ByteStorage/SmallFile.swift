import CLinux
import SystemPackage

/// Reading and writing whole files that fit into memory, as those of /proc and /sys do.
public enum SmallFile {
    /// Reads until the end: the size that stat(2) gives for a file in /proc or /sys means nothing.
    /// - Parameter limit: reading more than that many bytes is an error
    public static func read(_ path: FilePath, limit: Int) throws(FileError) -> [UInt8] {
        let (bytes, isWhole) = try head(path, limit: limit)
        guard isWhole else { throw .tooLarge(path, limit: limit) }
        return bytes
    }

    /// The first `limit` bytes, or fewer where the file ends, and whether it does end there.
    public static func head(_ path: FilePath, limit: Int) throws(FileError) -> (bytes: [UInt8], isWhole: Bool) {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            defer { try? file.close() }
            var bytes = [UInt8](repeating: 0, count: min(limit, 4096))
            var used = 0
            while used <= limit {
                if used == bytes.count {
                    guard used < limit else {
                        var more: UInt8 = 0
                        let got = try unsafe withUnsafeMutableBytes(of: &more) { try unsafe file.read(into: $0) }
                        return (bytes, got == 0)
                    }
                    bytes += [UInt8](repeating: 0, count: min(bytes.count * 3, limit - used))
                }
                let got = try unsafe bytes.withUnsafeMutableBytes {
                    try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[used...]))
                }
                guard got > 0 else { break }
                used += got
            }
            bytes.removeLast(bytes.count - used)
            return (bytes, true)
        } catch {
            let errno = (error as? Errno) ?? .ioError
            throw errno == .isDirectory ? .isDirectory(path) : .system(path, doing: "read", errno)
        }
    }

    /// `count` bytes from a place in the file; fewer where the file ends.
    public static func part(_ path: FilePath, at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            defer { try? file.close() }
            var bytes = [UInt8](repeating: 0, count: count)
            let got = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: offset, into: $0) }
            return Array(bytes.prefix(got))
        } catch {
            throw .system(path, doing: "read", (error as? Errno) ?? .ioError)
        }
    }

    /// Writes a new file, or over an old one, piece by piece: for more than should be in memory at once.
    /// - Parameter body: is given what appends a piece
    public static func write(to path: FilePath, _ body: ((Bytes) throws -> Void) throws -> Void) throws {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
        } catch {
            throw FileError.system(path, doing: "write", (error as? Errno) ?? .ioError)
        }
        defer { try? file.close() }
        try body { piece in
            do { _ = try unsafe piece.withUnsafeBytes { try unsafe file.writeAll($0) } } catch {
                throw FileError.system(path, doing: "write", (error as? Errno) ?? .ioError)
            }
        }
    }

    /// Writes a new file, or over an old one. Only its owner can read a new one: recorded kernel
    /// addresses and the contents of an initrd are nobody else's business.
    public static func write(_ bytes: Bytes, to path: FilePath) throws(FileError) {
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
            defer { try? file.close() }
            _ = try unsafe bytes.withUnsafeBytes { try unsafe file.writeAll($0) }
        } catch {
            throw .system(path, doing: "write", (error as? Errno) ?? .ioError)
        }
    }
}

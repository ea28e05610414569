import Glibc
import SystemPackage

/// A file that is there as a whole or not at all: it is written beside its place under another name, then
/// renamed, and what was there before stays until then.
public enum AtomicFile {
    /// Writes the file and renames it to its place. Where a step fails, what was there before still is.
    /// - Parameters:
    ///   - pieces: the contents, one behind the other
    ///   - permissions: of the file, whatever the umask says
    public static func write(_ pieces: [Bytes], to path: FilePath, permissions: FilePermissions) throws(FileError) {
        try requireReplaceable(path)
        let unfinished = path.removingLastComponent().appending(".swkexec-\(String(UInt64.random(in: 0 ... .max), radix: 16))")
        do {
            let file = try FileDescriptor.open(
                unfinished, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: [.ownerReadWrite])
            do {
                try file.closeAfter {
                    for piece in pieces { _ = try unsafe piece.withUnsafeBytes { try unsafe file.writeAll($0) } }
                    try check(fchmod(file.rawValue, permissions.rawValue))
                    // Else a power failure could leave the new name with none of the contents.
                    try check(fsync(file.rawValue))
                }
                try check(
                    unsafe unfinished.withPlatformString { from in
                        unsafe path.withPlatformString { to in unsafe rename(from, to) }
                    })
            } catch {
                _ = unsafe unfinished.withPlatformString { unsafe unlink($0) }
                throw error
            }
        } catch {
            throw .system(path, doing: "write", (error as? Errno) ?? .ioError)
        }
    }

    /// A rename would put a file in the place of /dev/null, too.
    private static func requireReplaceable(_ path: FilePath) throws(FileError) {
        guard path.lastComponent?.kind == .regular else { throw .isDirectory(path) }
        var status = stat()
        guard unsafe path.withPlatformString({ unsafe stat($0, &status) }) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: throw .isDirectory(path)
        default: throw .notRegular(path)
        }
    }

    private static func check(_ answer: CInt) throws(Errno) {
        guard answer == 0 else { throw Errno(rawValue: errno) }
    }
}

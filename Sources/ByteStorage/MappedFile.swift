import CLinux
import Glibc
import SystemPackage

/// A file's bytes, mapped read-only and never copied. The mapping and the open file live as long
/// as this object: kexec_file_load(2) wants the very descriptor that was opened.
///
/// The mapping is private: whoever debugs this process may alter a byte without the file changing.
@safe public final class MappedFile: @unchecked Sendable {
    private let address: UnsafeRawPointer?
    /// In bytes.
    public let count: Int
    /// The open file, for calls that take one; closed with this object.
    public let descriptor: FileDescriptor

    /// Maps a regular file. What is not one (a pipe, a device, a file of /proc), or cannot be mapped (of /sys), is first copied into
    /// a memfd.
    /// - Parameter limit: the most bytes that are taken
    public convenience init(path: FilePath, limit: Int) throws(FileError) {
        let file: FileDescriptor
        do { file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) } catch {
            throw .system(path, doing: "open", (error as? Errno) ?? .ioError)
        }
        defer { try? file.close() }
        var status = clinux_file_status()
        let answer = unsafe clinux_file_status(file.rawValue, &status)
        guard answer == 0 else { throw .system(path, doing: "stat", Errno(rawValue: -answer)) }
        if status.is_directory != 0 { throw .isDirectory(path) }
        // Files of /proc and /sys call themselves regular and empty, or have a size and cannot be mapped (/sys/firmware/initrd): what they
        // hold must be read.
        guard status.is_regular != 0, status.size > 0, Self.canBeMapped(file) else {
            let copy = try MemoryFile(name: "swkexec")
            try copy.append(contentsOf: file, from: path, limit: limit)
            try self.init(duplicating: copy.descriptor, size: Int64(copy.count), path: path, limit: limit)
            return
        }
        try self.init(duplicating: file, size: status.size, path: path, limit: limit)
    }

    /// False for a file whose file system has no mmap(2), which answers ENODEV. Any other answer is that of the mapping itself.
    private static func canBeMapped(_ file: FileDescriptor) -> Bool {
        let mapping = unsafe mmap(nil, 1, PROT_READ, MAP_PRIVATE, file.rawValue, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else { return errno != ENODEV }
        unsafe munmap(mapping, 1)
        return true
    }

    /// Maps an open file through a descriptor of its own.
    init(duplicating original: FileDescriptor, size: Int64, path: FilePath, limit: Int) throws(FileError) {
        guard let size = Int(exactly: size), size <= limit else { throw .tooLarge(path, limit: limit) }
        let copy = clinux_duplicate(original.rawValue)
        guard copy >= 0 else { throw .system(path, doing: "duplicate the descriptor of", Errno(rawValue: -copy)) }
        descriptor = FileDescriptor(rawValue: copy)
        count = size
        guard size > 0 else {
            unsafe address = nil
            return
        }
        let mapping = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
            let error = Errno(rawValue: errno)
            try? descriptor.close()
            throw .system(path, doing: "map", error)
        }
        unsafe address = UnsafeRawPointer(mapping)
    }

    deinit {
        try? descriptor.close()
        if let address = unsafe address { unsafe munmap(UnsafeMutableRawPointer(mutating: address), count) }
    }

    /// The bytes, for the time of one call.
    func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: address, count: count))
    }
}

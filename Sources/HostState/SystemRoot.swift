import ByteStorage
import SystemPackage

/// Where /proc and /sys are read: the running machine, a folder that holds the same paths, or files in memory.
public struct SystemRoot: Sendable {
    /// The folder that /proc and /sys are below.
    public let path: FilePath
    /// Nil where the file system has them.
    let memory: FilesInMemory?

    /// The most bytes read of one file. 64 MiB of /proc/iomem are about a million ranges.
    static let fileLimit = 64 << 20

    /// The running machine.
    public static let live = SystemRoot("/")

    /// A folder that `swkexec snapshot` wrote, or one like it.
    public init(_ path: FilePath) {
        self.path = path
        memory = nil
    }

    /// Files in memory.
    /// - Parameter path: the folder that they seem to lie in, for messages
    public init(_ files: FilesInMemory, at path: FilePath) {
        self.path = path
        memory = files
    }

    /// The path of a file whose name within the root is `name`, without a leading slash.
    public func file(_ name: String) -> FilePath { path.pushing(FilePath(name)) }

    /// The whole file; nil when it does not exist.
    public func read(_ name: String) throws(HostStateError) -> [UInt8]? {
        do { return try whole(name, limit: Self.fileLimit) } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
    }

    /// The text of a file that holds one line, without the blanks around it; nil when it does not
    /// exist.
    public func line(_ name: String) throws(HostStateError) -> String? {
        try read(name).map { $0.trimmed.text }
    }

    /// Whether there is such a file, readable or not.
    public func exists(_ name: String) -> Bool {
        do throws(FileError) {
            _ = try head(name, limit: 1)
            return true
        } catch {
            return !error.isMissing
        }
    }

    /// A file that holds a single unsigned number; nil when it does not exist.
    public func number(_ name: String, radix: UInt64 = 10) throws(HostStateError) -> UInt64? {
        guard let bytes = try read(name) else { return nil }
        return try parse(bytes, of: name, radix: radix)
    }

    /// The number that the file's content is.
    func parse(_ bytes: [UInt8], of name: String, radix: UInt64) throws(HostStateError) -> UInt64 {
        guard let value = bytes.trimmed.number(radix: radix) else {
            throw .garbled(
                file(name), line: 1, found: bytes.trimmed.text,
                allowed: "a \(radix == 16 ? "hexadecimal" : "decimal") number of at most 64 bits")
        }
        return value
    }

    /// The names in a folder; nil when it does not exist.
    func names(in name: String) throws(HostStateError) -> [String]? {
        do {
            if let memory { return try memory.entries(name, at: file(name)).map(\.name) }
            return try Directory.names(file(name))
        } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
    }

    /// What stands in a folder; nil when it does not exist or is a symbolic link, which may lead out of
    /// the root.
    func entries(in name: String) throws(HostStateError) -> [Directory.Entry]? {
        do {
            if let memory { return try memory.entries(name, at: file(name)) }
            return try Directory.entries(file(name))
        } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
    }
}

/// Bytes as `SmallFile` reads them, wherever they are.
extension SystemRoot {
    /// The whole file; more than `limit` bytes are an error.
    func whole(_ name: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let memory else { return try SmallFile.read(file(name), limit: limit) }
        let bytes = try memory.file(name, at: file(name))
        guard bytes.count <= limit else { throw .tooLarge(file(name), limit: limit) }
        return bytes
    }

    /// What stands in a folder; nil for what is no folder. A link at the end of the name is followed only where that is asked for.
    func folder(_ name: String, following: Bool = false) throws(FileError) -> [Directory.Entry]? {
        do {
            if let memory { return try memory.entries(name, at: file(name)) }
            return try Directory.entries(following ? file("\(name)/.") : file(name))
        } catch {
            if case .system(_, _, .notDirectory) = error { return nil }
            throw error
        }
    }

    /// The first `limit` bytes, or fewer where the file ends.
    func head(_ name: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let memory else { return try SmallFile.head(file(name), limit: limit).bytes }
        return Array(try memory.file(name, at: file(name)).prefix(limit))
    }

    /// `count` bytes from a place in the file; fewer where the file ends.
    func part(_ name: String, at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
        guard let memory else { return try SmallFile.part(file(name), at: offset, count: count) }
        return Array(try memory.file(name, at: file(name)).dropFirst(Int(clamping: offset)).prefix(count))
    }
}

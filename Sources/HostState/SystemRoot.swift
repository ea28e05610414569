import ByteStorage
import SystemPackage

/// Where /proc and /sys are read: the running machine, or a folder that holds the same paths.
public struct SystemRoot: Sendable {
    /// The folder that /proc and /sys are below.
    public let path: FilePath

    /// The most bytes read of one file. 64 MiB of /proc/iomem are about a million ranges.
    static let fileLimit = 64 << 20

    /// The running machine.
    public static let live = SystemRoot("/")

    /// A folder that `swkexec snapshot` wrote, or one like it.
    public init(_ path: FilePath) { self.path = path }

    /// The path of a file whose name within the root is `name`, without a leading slash.
    public func file(_ name: String) -> FilePath { path.pushing(FilePath(name)) }

    /// The whole file; nil when it does not exist.
    public func read(_ name: String) throws(HostStateError) -> [UInt8]? {
        do { return try SmallFile.read(file(name), limit: Self.fileLimit) } catch {
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
            _ = try SmallFile.head(file(name), limit: 1)
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
        do { return try Directory.names(file(name)) } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
    }

    /// What stands in a folder; nil when it does not exist or is a symbolic link, which may lead out of
    /// the root.
    func entries(in name: String) throws(HostStateError) -> [Directory.Entry]? {
        do { return try Directory.entries(file(name)) } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
    }
}

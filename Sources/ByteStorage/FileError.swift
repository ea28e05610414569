import SystemPackage

/// A file that cannot be read or written, and why.
public enum FileError: Error, Equatable, CustomStringConvertible {
    /// The path, what was tried, and what the system answered.
    case system(FilePath, doing: String, Errno)
    /// A folder, where a file is needed.
    case isDirectory(FilePath)
    /// A pipe, a device or a socket, where only a file will do.
    case notRegular(FilePath)
    /// Larger than the limit that stands for this kind of file.
    case tooLarge(FilePath, limit: Int)

    public var description: String {
        switch self {
        case .system(let path, let doing, let errno): "\(path): cannot \(doing): \(errno)"
        case .isDirectory(let path): "\(path): is a directory, not a file"
        case .notRegular(let path): "\(path): is not a regular file"
        case .tooLarge(let path, let limit): "\(path): larger than the limit of \(limit) bytes"
        }
    }

    /// Whether there is simply no such file.
    public var isMissing: Bool {
        if case .system(_, _, let errno) = self { return errno == .noSuchFileOrDirectory || errno == .notDirectory }
        return false
    }
}

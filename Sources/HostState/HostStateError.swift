import ByteStorage
import SystemPackage

/// What is wrong with the state of the machine, or with the folder it was recorded in.
public enum HostStateError: Error, Equatable, CustomStringConvertible {
    /// A file that cannot be read.
    case file(FileError)
    /// A file that a plan cannot do without, and what it holds.
    case missing(FilePath, what: String)
    /// A file's text is not of the form that the kernel writes: where, what is there, what is allowed.
    case garbled(FilePath, line: Int, found: String, allowed: String)
    /// The kernel shows addresses as zeros to those without CAP_SYS_ADMIN.
    case addressesHidden(FilePath)
    /// What was read cannot be, by itself or beside another file: where, and why.
    case contradiction(FilePath, String)

    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .missing(let path, let what): "\(path): missing, it shows \(what)"
        case .garbled(let path, let line, let found, let allowed):
            "\(path): line \(line): '\(found.prefix(80).printable)' is not \(allowed)"
        case .addressesHidden(let path): "\(path): all addresses are zero: the kernel hides them from this user, root is needed"
        case .contradiction(let path, let why): "\(path): \(why)"
        }
    }
}

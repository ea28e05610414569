import ByteStorage
import HostState
import SystemPackage

extension HostStateError {
    /// The error without the path, which has a column of its own.
    public var reason: String {
        switch self {
        case .file(.system(_, let doing, let errno)): "cannot \(doing): \(errno)"
        case .file(.isDirectory): "is a directory"
        case .file(.notRegular): "is not a regular file"
        case .file(.tooLarge(_, let limit)): "larger than \(limit) bytes"
        case .missing(_, let what): "missing, it shows \(what)"
        case .garbled(_, let line, let found, let allowed): "line \(line): '\(found.prefix(40))' is not \(allowed)"
        case .addressesHidden: "hidden from this user: all addresses are zero"
        case .contradiction(_, let why): why
        }
    }

    /// Whether root could read it.
    public var needsRoot: Bool {
        switch self {
        case .addressesHidden, .file(.system(_, doing: _, .permissionDenied)), .file(.system(_, doing: _, .notPermitted)): true
        default: false
        }
    }
}

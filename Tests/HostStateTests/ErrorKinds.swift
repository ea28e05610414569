import HostState
import SystemPackage

extension HostStateError {
    /// The kind, the file and, where there is one, the line that an error names.
    struct Place: Equatable {
        enum Kind { case file, missing, garbled, hidden, contradiction }
        let kind: Kind
        var path: FilePath?
        var line: Int?
    }

    var place: Place {
        switch self {
        case .file: Place(kind: .file)
        case .missing(let path, what: _): Place(kind: .missing, path: path)
        case .garbled(let path, let line, found: _, allowed: _): Place(kind: .garbled, path: path, line: line)
        case .addressesHidden(let path): Place(kind: .hidden, path: path)
        case .contradiction(let path, _): Place(kind: .contradiction, path: path)
        }
    }
}

import SystemPackage

/// What reading a file of /proc or /sys gave. A check goes on where a plan would end: each of its
/// lines says for itself what is wrong with its file.
public enum Reading<Value: Sendable>: Sendable {
    /// The value, and the file that it was found in.
    case found(Value, in: FilePath)
    /// No such file under any of its names; the path is the oldest one, which most kernels have.
    case absent(FilePath)
    /// It is there, and cannot be read or holds something else than the kernel writes.
    case unreadable(FilePath, HostStateError)

    /// Nil where none was found.
    public var value: Value? {
        if case .found(let value, _) = self { return value }
        return nil
    }

    /// The file that was read, or that there should be.
    public var file: FilePath {
        switch self {
        case .found(_, let file), .absent(let file), .unreadable(let file, _): file
        }
    }

    /// The value, nil where there is no such file; throws where there is one that does not tell.
    public func get() throws(HostStateError) -> Value? {
        switch self {
        case .found(let value, _): return value
        case .absent: return nil
        case .unreadable(_, let error): throw error
        }
    }

    /// The same file, its value turned into another.
    public func map<Other>(_ convert: (Value) -> Other) -> Reading<Other> {
        switch self {
        case .found(let value, let file): .found(convert(value), in: file)
        case .absent(let file): .absent(file)
        case .unreadable(let file, let error): .unreadable(file, error)
        }
    }

    /// Whether there is no such file.
    public var isAbsent: Bool {
        if case .absent = self { return true }
        return false
    }

    /// Reads the first of the names that exists.
    /// - Parameters:
    ///   - names: paths below the root, newest first
    ///   - read: gives nil where there is no such file
    public static func read(
        _ names: [String], in root: SystemRoot, _ read: (String) throws(HostStateError) -> Value?
    ) -> Reading {
        for name in names {
            do throws(HostStateError) {
                if let value = try read(name) { return .found(value, in: root.file(name)) }
            } catch {
                return .unreadable(root.file(name), error)
            }
        }
        return .absent(root.file(names.last ?? ""))
    }

    /// The same for a file that has always had one name.
    public static func read(
        _ name: String, in root: SystemRoot, _ read: (String) throws(HostStateError) -> Value?
    ) -> Reading { self.read([name], in: root, read) }
}

extension Reading<UInt64> {
    /// A file that holds a single unsigned decimal number.
    public static func number(_ names: [String], in root: SystemRoot) -> Reading {
        read(names, in: root) { name throws(HostStateError) in try root.number(name) }
    }
}

extension Reading<Int64> {
    /// A sysctl: a single decimal number, which may be negative.
    public static func sysctl(_ name: String, in root: SystemRoot) -> Reading {
        read("proc/sys/kernel/\(name)", in: root) { name throws(HostStateError) in
            guard let text = try root.line(name) else { return nil }
            guard let value = Int64(text) else {
                throw .garbled(root.file(name), line: 1, found: text, allowed: "a decimal number of at most 64 bits")
            }
            return value
        }
    }
}

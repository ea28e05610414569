import SystemPackage

/// What a file of /proc or /sys told, or why it told nothing. A check goes on where a plan would
/// end: each line says for itself what is wrong with its file.
public enum Fact<Value: Sendable>: Sendable {
    case told(Value, in: FilePath)
    /// No such file under any of its names; the path is the oldest one, which most kernels have.
    case absent(FilePath)
    /// It is there, and cannot be read or holds something else than the kernel writes.
    case unreadable(FilePath, HostStateError)

    public var value: Value? {
        if case .told(let value, _) = self { return value }
        return nil
    }

    public var file: FilePath {
        switch self {
        case .told(_, let file), .absent(let file), .unreadable(let file, _): file
        }
    }

    public var isAbsent: Bool {
        if case .absent = self { return true }
        return false
    }

    /// The first of the names, newest first, that exists.
    public static func read(
        _ names: [String], in root: SystemRoot, _ read: (String) throws(HostStateError) -> Value?
    ) -> Fact {
        for name in names {
            do throws(HostStateError) {
                if let value = try read(name) { return .told(value, in: root.file(name)) }
            } catch {
                return .unreadable(root.file(name), error)
            }
        }
        return .absent(root.file(names.last ?? ""))
    }

    public static func read(
        _ name: String, in root: SystemRoot, _ read: (String) throws(HostStateError) -> Value?
    ) -> Fact { self.read([name], in: root, read) }
}

extension Fact<UInt64> {
    /// A file that holds a single unsigned decimal number.
    public static func number(_ names: [String], in root: SystemRoot) -> Fact {
        read(names, in: root) { name throws(HostStateError) in try root.number(name) }
    }
}

extension Fact<Int64> {
    /// A sysctl: a single decimal number, which may be negative.
    public static func sysctl(_ name: String, in root: SystemRoot) -> Fact {
        read("proc/sys/kernel/\(name)", in: root) { name throws(HostStateError) in
            guard let text = try root.line(name) else { return nil }
            guard let value = Int64(text) else {
                throw .garbled(root.file(name), line: 1, found: text, allowed: "a decimal number of at most 64 bits")
            }
            return value
        }
    }
}

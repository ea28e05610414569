import CLinux
import SystemPackage

/// Folders.
public enum Directory {
    /// What stands in a folder.
    public struct Entry: Hashable, Sendable {
        /// What it is, links not followed.
        public enum Kind: Sendable {
            /// A regular file.
            case file
            /// A folder.
            case folder
            /// A symbolic link, a device, a socket.
            case other
        }

        /// Without the folder's path.
        public let name: String
        /// What it is.
        public let kind: Kind

        /// For lists that come from elsewhere than a folder.
        public init(name: String, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    /// The names in a folder, without "." and "..", in no particular order.
    public static func names(_ path: FilePath) throws(FileError) -> [String] {
        try list(path, follow: true).map(\.name)
    }

    /// The same with what each of them is. The folder itself must not be a symbolic link: `.notDirectory`.
    public static func entries(_ path: FilePath) throws(FileError) -> [Entry] { try list(path, follow: false) }

    private static func list(_ path: FilePath, follow: Bool) throws(FileError) -> [Entry] {
        final class Collector { var entries: [Entry] = [] }
        let collector = Collector()
        let context = unsafe Unmanaged.passUnretained(collector).toOpaque()
        let answer = unsafe clinux_list_directory(path.string, follow ? 1 : 0, context) { context, entry in
            guard let context = unsafe context, let entry = unsafe entry?.pointee else { return }
            let kind: Entry.Kind = unsafe entry.is_regular != 0 ? .file : entry.is_directory != 0 ? .folder : .other
            let name = unsafe String(cString: entry.name)
            unsafe Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue().entries.append(Entry(name: name, kind: kind))
        }
        guard answer == 0 else { throw .system(path, doing: "list", Errno(rawValue: -answer)) }
        return collector.entries
    }

    /// Makes a folder and those above it; one that is there already is fine.
    public static func make(_ path: FilePath) throws(FileError) {
        var current = FilePath(root: path.root, [])
        for component in path.components {
            current.append(component)
            let answer = unsafe clinux_make_directory(current.string)
            guard answer == 0 else { throw .system(current, doing: "create the folder", Errno(rawValue: -answer)) }
        }
    }
}

import CLinux
import SystemPackage

/// Folders.
public enum Directory {
    /// The names in a folder, without "." and "..", in no particular order.
    public static func names(_ path: FilePath) throws(FileError) -> [String] {
        final class Collector { var names: [String] = [] }
        let collector = Collector()
        let answer = unsafe clinux_list_directory(path.string, Unmanaged.passUnretained(collector).toOpaque()) { context, name in
            guard let context = unsafe context, let name = unsafe name else { return }
            unsafe Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue().names.append(String(cString: name))
        }
        guard answer == 0 else { throw .system(path, doing: "list", Errno(rawValue: -answer)) }
        return collector.names
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

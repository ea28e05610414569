import ByteStorage
import SystemPackage

/// The files below a root, held in memory: what a snapshot keeps before it is written, or a machine that was made up.
public struct FilesInMemory: Sendable {
    private var files: [String: [UInt8]] = [:]
    /// What stands in each folder, links there are none; "" is the root.
    private var folders: [String: [String: Directory.Entry.Kind]] = ["": [:]]

    /// A root with nothing below it.
    public init() {}

    /// The files by their names below the root, without a leading slash.
    public var contents: [String: [UInt8]] { files }

    /// A file, and the folders above it. One of that name is replaced.
    public mutating func write(_ bytes: [UInt8], to name: String) {
        files[name] = bytes
        enter(name, .file)
    }

    /// A folder and those above it; one that is there already is fine.
    public mutating func makeFolder(_ name: String) {
        guard folders[name] == nil else { return }
        folders[name] = [:]
        enter(name, .folder)
    }

    private mutating func enter(_ name: String, _ kind: Directory.Entry.Kind) {
        let slash = name.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(name[..<$0]) } ?? ""
        let last = slash.map { String(name[name.utf8.index(after: $0)...]) } ?? name
        makeFolder(folder)
        folders[folder, default: [:]][last] = kind
    }

    /// Writes folders and files below a folder of the file system, which is made where it is not there.
    public func write(to folder: FilePath) throws(FileError) {
        for name in folders.keys.sorted() { try Directory.make(folder.pushing(FilePath(name))) }
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            try SmallFile.write(Bytes(bytes), to: folder.pushing(FilePath(name)))
        }
    }

    /// As read(2) answers.
    func file(_ name: String, at path: @autoclosure () -> FilePath) throws(FileError) -> [UInt8] {
        if let bytes = files[name] { return bytes }
        throw folders[name] == nil ? .system(path(), doing: "read", .noSuchFileOrDirectory) : .isDirectory(path())
    }

    /// As readdir(3) answers, in no particular order.
    func entries(_ name: String, at path: @autoclosure () -> FilePath) throws(FileError) -> [Directory.Entry] {
        if let entries = folders[name] { return entries.map { Directory.Entry(name: $0.key, kind: $0.value) } }
        throw .system(path(), doing: "list", files[name] == nil ? .noSuchFileOrDirectory : .notDirectory)
    }
}

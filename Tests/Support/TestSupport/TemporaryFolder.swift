import Foundation
import SystemPackage

/// A folder that is removed with this object.
public final class TemporaryFolder: Sendable {
    public let path: FilePath

    public init() throws {
        let name = "swkexec-tests-\(UUID().uuidString)"
        path = FilePath(FileManager.default.temporaryDirectory.path).appending(name)
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// Put together as text: FilePath checks itself at each step in a debug build, which was an eighth of all the time of the tests, since
    /// they write very many files.
    public func file(_ name: String) -> FilePath { FilePath("\(path.string)/\(name)") }

    /// Writes a file, and makes the folders above it.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> FilePath {
        if let slash = name.lastIndex(of: "/") {
            try FileManager.default.createDirectory(atPath: "\(path.string)/\(name[..<slash])", withIntermediateDirectories: true)
        }
        let file = self.file(name)
        try Data(bytes).write(to: URL(fileURLWithPath: file.string))
        return file
    }

    @discardableResult
    public func write(_ text: String, to name: String) throws -> FilePath { try write(Array(text.utf8), to: name) }

    public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name).string) }

    public func read(_ name: String) throws -> [UInt8] { try fileBytes(file(name)) }

    /// The names of all files below, without folders, in order.
    public func allFiles() -> [String] {
        let names = FileManager.default.enumerator(atPath: path.string)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            return unsafe FileManager.default.fileExists(atPath: file(name).string, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// The permission bits of a file.
    public func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file(name).string)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }
}

/// A whole file, read by Foundation.
public func fileBytes(_ path: FilePath) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
}

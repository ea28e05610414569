import ByteStorage
import CPlanFormat
import DeviceTree
import SHA256
import SystemPackage

/// The rule `tree`: the SHA-256 over a file, or over all files of a folder. Applier/tree.c does the same.
///
/// Folders are gone through by the byte order of names. Of each file go into it: its path below the folder (nothing for the one that
/// the precondition itself names), a NUL, its size as 8 bytes, least first, its bytes. Files called `name` do not: where a device tree
/// has no such property, the kernel shows one (`DeviceTree.Node.synthesizedName`), and a snapshot leaves it out.
extension Precondition {
    static let leftOutOfTrees = "name"

    /// A precondition for what a folder of the running device tree shows whose names begin with the selector.
    /// - Parameters:
    ///   - node: the folder's node, as it was read
    ///   - path: the folder, below the root
    public init(treeOf node: DeviceTree.Node, at path: String, beginningWith selector: String, subject: String) {
        var contents: [UInt8] = []
        Self.add(node, "", to: &contents, beginningWith: selector)
        self.init(.tree, subject: subject, path: path, selector: selector, expected: SHA256.digest(of: Bytes(contents)).bytes)
    }

    /// A precondition for the whole of one file.
    public init(treeOf file: [UInt8], at path: String, subject: String) {
        self.init(.tree, subject: subject, path: path, expected: SHA256.digest(of: Bytes(Self.record("", file))).bytes)
    }

    private static func record(_ path: String, _ bytes: [UInt8]) -> [UInt8] {
        Array(path.utf8) + [0] + (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
    }

    private static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    private static func add(_ node: DeviceTree.Node, _ folder: String, to contents: inout [UInt8], beginningWith selector: String = "") {
        let properties = node.properties.map { ($0.name, Optional($0.value), DeviceTree.Node?.none) }
        let entries = properties + node.children.map { ($0.name, nil, $0) }
        for (name, value, child) in entries.sorted(by: { precedes($0.0, $1.0) }) where name.hasPrefix(selector) {
            if let child {
                add(child, "\(folder)\(name)/", to: &contents)
            } else if let value, name != leftOutOfTrees {
                contents += record(folder + name, value)
            }
        }
    }

    // MARK: - On a machine

    /// What the files give.
    func treeDigest(in root: SystemRoot) throws(FileError) -> [UInt8] {
        var contents: [UInt8] = []
        // The folder itself may be a link, as /proc/device-tree is; nothing below it is followed.
        if let entries = try root.folder(path, following: true) {
            let chosen = entries.filter { $0.name.hasPrefix(selector) }
            try Self.add(chosen, root, path, "", depth: 1, to: &contents)
        } else {
            contents = Self.record("", try root.whole(path, limit: SystemRoot.fileLimit))
        }
        return SHA256.digest(of: Bytes(contents)).bytes
    }

    private static func add(
        _ entries: [Directory.Entry], _ root: SystemRoot, _ folder: String, _ path: String, depth: Int, to contents: inout [UInt8]
    ) throws(FileError) {
        for entry in entries.sorted(by: { precedes($0.name, $1.name) }) {
            let name = "\(folder)/\(entry.name)"
            switch entry.kind {
            case .folder:
                guard depth < Int(PLAN_TREE_DEPTH_LIMIT) else {
                    throw .system(root.file(name), doing: "list", .tooManySymbolicLinkLevels)
                }
                try add(try root.folder(name) ?? [], root, name, "\(path)\(entry.name)/", depth: depth + 1, to: &contents)
            case .file where entry.name != leftOutOfTrees:
                contents += record(path + entry.name, try root.whole(name, limit: SystemRoot.fileLimit))
            default: break
            }
        }
    }
}

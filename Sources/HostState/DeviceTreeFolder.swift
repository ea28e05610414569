import ByteStorage
import DeviceTree
import SystemPackage

/// The running kernel's device tree as it shows it (drivers/of/kobj.c): a folder a node, a file a
/// property.
extension DeviceTree {
    /// Where it stands. /proc/device-tree is a symbolic link to the former today, and was a folder of its
    /// own with older kernels.
    private static let folders = ["sys/firmware/devicetree/base", "proc/device-tree"]

    /// The folder that it is in; nil on a machine without one.
    static func folder(in root: SystemRoot) -> String? {
        folders.first { ((try? root.entries(in: $0)) ?? nil) != nil }
    }

    /// Nil on a machine without one. It holds no memory reservations and no boot CPU: the kernel does not
    /// show them.
    ///
    /// A folder has no order. Properties and children are sorted by name; of one name, by unit
    /// address, `memory@f000000` before `memory@10000000`, so that CPUs keep their numbers. A property
    /// `name` is left out where the next kernel makes the same.
    public static func read(_ root: SystemRoot) throws(HostStateError) -> DeviceTree? {
        for folder in folders {
            guard let entries = try root.entries(in: folder) else { continue }
            var reader = FolderReader(root)
            return DeviceTree(root: try reader.node("", folder, entries))
        }
        return nil
    }
}

private struct FolderReader {
    private let root: SystemRoot
    private var depth = 0
    /// Bytes that what was read so far takes in a flattened tree, names of properties aside.
    private var size = 0

    init(_ root: SystemRoot) { self.root = root }

    mutating func node(_ name: String, _ folder: String, _ entries: [Directory.Entry]) throws(HostStateError) -> DeviceTree.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= DeviceTree.maximumDepth else {
            throw .contradiction(root.file(folder), "nested deeper than the \(DeviceTree.maximumDepth) levels of a device tree")
        }
        var node = DeviceTree.Node(name)
        try count(node.structureSize.rawValue, folder)
        for entry in Self.inOrder(entries) {
            let path = "\(folder)/\(entry.name)"
            switch entry.kind {
            case .file:
                try check(DeviceTree.problem(ofPropertyName: entry.name), folder)
                guard let value = try read(path) else { continue }
                let property = DeviceTree.Property(entry.name, value)
                if property == node.synthesizedName { continue }
                try count(property.structureSize.rawValue, path)
                node.properties.append(property)
            case .folder:
                try check(DeviceTree.problem(ofNodeName: entry.name), folder)
                guard let entries = try root.entries(in: path) else { continue }
                node.children.append(try self.node(entry.name, path, entries))
            case .other:
                throw .contradiction(root.file(path), "neither a file nor a folder, as all of a device tree are")
            }
        }
        return node
    }

    /// Nil for a property that went away since its folder was listed, as those of an unplugged CPU do.
    private func read(_ name: String) throws(HostStateError) -> [UInt8]? {
        do { return try root.whole(name, limit: DeviceTree.maximumSize) } catch {
            if error.isMissing { return nil }
            // sysfs answers so to those that had opened the file.
            if case .system(_, _, .operationNotSupportedByDevice) = error { return nil }
            throw .file(error)
        }
    }

    private func check(_ problem: NameProblem?, _ folder: String) throws(HostStateError) {
        if let problem { throw .contradiction(root.file(folder), "a name in this folder \(problem)") }
    }

    private mutating func count(_ bytes: UInt64, _ name: String) throws(HostStateError) {
        size += Int(clamping: bytes)
        guard size <= DeviceTree.maximumSize else {
            throw .contradiction(root.file(name), "the device tree takes more than the \(DeviceTree.maximumSize) bytes allowed")
        }
    }

    private static func inOrder(_ entries: [Directory.Entry]) -> [Directory.Entry] {
        let keyed = entries.map { entry in
            let node = DeviceTree.Node(entry.name)
            let unit = node.unitAddress ?? ""
            return (key: (node.baseName, unit.utf8.count, unit), entry: entry)
        }
        return keyed.sorted { $0.key < $1.key }.map(\.entry)
    }
}

extension SystemRoot {
    /// A property that is one number of 32 or 64 bits, big-endian; nil where it is not there.
    func deviceTreeNumber(_ name: String) throws(HostStateError) -> UInt64? {
        guard let bytes = try read(name) else { return nil }
        guard bytes.count == 4 || bytes.count == 8 else {
            throw .contradiction(file(name), "\(bytes.count) bytes are no number of 4 or 8 bytes")
        }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

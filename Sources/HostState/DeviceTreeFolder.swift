import DeviceTree

extension SystemRoot {
    /// The device tree as /proc/device-tree shows it: a folder a node, a file a property. Children and
    /// properties come in the order of their names, so that the same tree gives the same bytes.
    ///
    /// The kernel shows a property `name` that the tree itself does not have; it is left out.
    /// - Returns: nil where the machine has no device tree
    func readDeviceTree(_ folder: String) throws(HostStateError) -> DeviceTree? {
        guard try names(in: folder) != nil else { return nil }
        return DeviceTree(root: try node(folder, name: "", depth: 1))
    }

    private func node(_ folder: String, name: String, depth: Int) throws(HostStateError) -> DeviceTree.Node {
        guard depth <= DeviceTree.maximumDepth else {
            throw .contradiction(file(folder), "nested deeper than \(DeviceTree.maximumDepth) levels")
        }
        var node = DeviceTree.Node(name)
        for entry in (try names(in: folder) ?? []).sorted() {
            let path = "\(folder)/\(entry)"
            if try names(in: path) != nil {
                node.children.append(try self.node(path, name: entry, depth: depth + 1))
            } else if entry != "name", let value = try read(path) {
                node.properties.append(DeviceTree.Property(entry, value))
            }
        }
        return node
    }
}

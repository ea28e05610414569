extension DeviceTree {
    /// Changes the node at a path, in place.
    /// - Parameter creating: nodes of the path that do not exist are appended to their parents
    /// - Throws: `.noNode` where there is none and none is to be created
    public mutating func edit<Result>(
        _ path: String, creating: Bool = false, _ change: (inout Node) -> Result
    ) throws(DeviceTreeError) -> Result {
        guard let result = root.edit(Self.names(in: path)[...], creating: creating, change) else { throw .noNode(path) }
        return result
    }

    /// Removes the node at a path, and all below it; false where there is none. The root cannot be
    /// removed.
    @discardableResult
    public mutating func removeNode(_ path: String) -> Bool {
        let names = Self.names(in: path)
        guard let name = names.last else { return false }
        let isRemoved = root.edit(names.dropLast(), creating: false) { parent in
            guard let index = parent.children.firstIndex(where: { $0.name == name }) else { return false }
            parent.children.remove(at: index)
            return true
        }
        return isRemoved ?? false
    }
}

extension DeviceTree.Node {
    fileprivate mutating func edit<Result>(
        _ names: ArraySlice<String>, creating: Bool, _ change: (inout DeviceTree.Node) -> Result
    ) -> Result? {
        guard let name = names.first else { return change(&self) }
        let index: Int
        if let known = children.firstIndex(where: { $0.name == name }) {
            index = known
        } else if creating {
            index = children.count
            children.append(DeviceTree.Node(name))
        } else {
            return nil
        }
        return children[index].edit(names.dropFirst(), creating: creating, change)
    }
}

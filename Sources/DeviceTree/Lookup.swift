extension DeviceTree {
    /// The root, to read from.
    public var locatedRoot: LocatedNode { LocatedNode(root) }

    /// The node at a path of full names (`/cpus/cpu@0`, `/` for the root); nil where there is none. Of
    /// several of the same name the first is taken, as the kernel does.
    public func node(_ path: String) -> LocatedNode? {
        var node = locatedRoot
        for name in Self.names(in: path) {
            guard let child = node.child(name) else { return nil }
            node = child
        }
        return node
    }

    /// The node at a path that must exist.
    public func requiredNode(_ path: String) throws(DeviceTreeError) -> LocatedNode {
        guard let node = node(path) else { throw .noNode(path) }
        return node
    }

    /// The first node in the order of the blob for which this is true.
    public func firstNode(where isWanted: (Node) -> Bool) -> LocatedNode? {
        func search(_ node: LocatedNode) -> LocatedNode? {
            if isWanted(node.node) { return node }
            for child in node.children {
                if let found = search(child) { return found }
            }
            return nil
        }
        return search(locatedRoot)
    }

    /// The node that others mean by this number; nil where there is none. It stands in the node as
    /// `phandle`, or by its older names.
    public func node(phandle: UInt32) -> LocatedNode? {
        firstNode { node in
            ["phandle", "linux,phandle", "ibm,phandle"].contains { node[$0] == bigEndian(phandle) }
        }
    }

    static func names(in path: String) -> [String] { path.split(separator: "/").map { String($0) } }
}

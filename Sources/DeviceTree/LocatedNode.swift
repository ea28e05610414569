extension DeviceTree {
    /// A node to read from, which knows where in the tree it stands: its path for messages, and its
    /// parent for the cells of its `reg`.
    ///
    /// All that reads a property gives nil where the node has no such property, and an error that
    /// begins with the node's path where the value is not of the form that is asked for.
    public struct LocatedNode: Hashable, Sendable {
        /// From the root on: `/cpus/PowerPC,POWER10@0`.
        public let path: String
        /// The node as a value, without its place.
        public let node: Node
        /// Nil for the root.
        let parent: Parent?

        struct Parent: Hashable {
            let path: String
            let node: Node
        }

        init(_ node: Node, path: String = "/", parent: Parent? = nil) {
            self.node = node
            self.path = path
            self.parent = parent
        }

        /// With its unit address; empty for the root.
        public var name: String { node.name }

        /// The bytes of a property.
        public subscript(property: String) -> [UInt8]? { node[property] }

        /// In the order of the tree.
        public var children: [LocatedNode] { node.children.map { located($0) } }

        /// The first child of that name, unit address included.
        public func child(_ name: String) -> LocatedNode? { node.child(name).map { located($0) } }

        private func located(_ child: Node) -> LocatedNode {
            LocatedNode(
                child, path: parent == nil ? "/\(child.name)" : "\(path)/\(child.name)", parent: Parent(path: path, node: node))
        }

        /// Whether the node is in use: `status` is absent, "okay" or "ok", as in
        /// of_fdt_device_is_available() of drivers/of/fdt.c.
        public var isAvailable: Bool {
            guard let status = node["status"] else { return true }
            return ["okay", "ok"].contains { status == Array($0.utf8) + [0] }
        }
    }
}

/// The names in a tree that is to be written: checked, and those of properties collected in the order
/// of their first use.
struct TreeNames {
    private(set) var ofProperties: [String] = []
    private var known: Set<String> = []
    /// The names from the root to the node that is looked at.
    private var path: [String] = []

    /// Adds a node that has no parent, and all below it.
    mutating func add(_ node: DeviceTree.Node) throws(DeviceTreeError) {
        // Only the root has no name, and need not have one.
        if !(path.isEmpty && node.name.isEmpty), let problem = DeviceTree.problem(of: node.name, .node) {
            throw .name(DeviceTree.Named.node.rawValue, of: pathText, problem)
        }
        path.append(node.name)
        defer { path.removeLast() }
        guard path.count <= DeviceTree.maximumDepth else { throw .tooDeep(pathText) }
        for property in node.properties where known.insert(property.name).inserted {
            if let problem = DeviceTree.problem(of: property.name, .property) {
                throw .name(DeviceTree.Named.property.rawValue, of: pathText, problem)
            }
            ofProperties.append(property.name)
        }
        for child in node.children { try add(child) }
    }

    private var pathText: String { "/" + path.dropFirst().joined(separator: "/") }
}

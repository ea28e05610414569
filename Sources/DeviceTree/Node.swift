extension DeviceTree {
    /// A node: a name, properties, children; both in the order in which they stand in the blob.
    public struct Node: Hashable, Sendable {
        /// With its unit address: `memory@80000000`. Empty for the root.
        public var name: String
        /// In the order of the blob; of one name the first counts.
        public var properties: [Property]
        /// In the order of the blob.
        public var children: [Node]

        /// A node that is made in memory; its name is checked when the tree is flattened.
        public init(_ name: String, properties: [Property] = [], children: [Node] = []) {
            self.name = name
            self.properties = properties
            self.children = children
        }
    }

    /// A property: a name and bytes. What the bytes mean depends on the name.
    public struct Property: Hashable, Sendable {
        /// As `linux,usable-memory`.
        public var name: String
        /// Numbers are big-endian, strings end in NUL.
        public var value: [UInt8]

        /// A property without a value is one whose presence counts.
        public init(_ name: String, _ value: [UInt8] = []) {
            self.name = name
            self.value = value
        }
    }
}

extension DeviceTree.Node {
    /// The value of a property, of the first one where several have that name, as kernels look them
    /// up. Setting it keeps the property's place, or appends a new one; nil removes it.
    public subscript(property: String) -> [UInt8]? {
        get { properties.first { $0.name == property }?.value }
        set {
            guard let newValue else { return properties.removeAll { $0.name == property } }
            if let index = properties.firstIndex(where: { $0.name == property }) {
                properties[index].value = newValue
            } else {
                properties.append(DeviceTree.Property(property, newValue))
            }
        }
    }

    /// The first child of that name, unit address included.
    public func child(_ name: String) -> DeviceTree.Node? { children.first { $0.name == name } }

    /// The name without its unit address: `memory`.
    public var baseName: String { String(splitName.base) }

    /// What follows the '@': `80000000`; nil where there is none.
    public var unitAddress: String? { splitName.unit.map { String($0) } }

    /// The last '@' counts, as in populate_properties() of drivers/of/fdt.c.
    private var splitName: (base: Substring, unit: Substring?) {
        guard let at = name.lastIndex(of: "@") else { return (name[...], nil) }
        return (name[..<at], name[name.index(after: at)...])
    }

    /// The property `name` that the kernel gives each node whose tree has none
    /// (populate_properties() of drivers/of/fdt.c), and that /proc/device-tree therefore shows.
    public var synthesizedName: DeviceTree.Property { DeviceTree.Property("name", Array(baseName.utf8) + [0]) }
}

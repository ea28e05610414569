import PhysicalMemory

extension DeviceTree.Node {
    /// Bytes that the node takes in the structure block: its two tokens, its name, its properties and
    /// its children, padding included. The names of properties stand in the strings block, once for
    /// all nodes (`DeviceTree.newStringsSize(for:)`).
    public var structureSize: ByteCount {
        var size = 2 * Token.size + padded(name.utf8.count + 1)
        for property in properties { size += property.structureBytes }
        return children.reduce(ByteCount(size)) { $0.adding($1.structureSize) ?? $0 }
    }
}

extension DeviceTree.Property {
    /// Bytes that the property takes in the structure block: token, length, offset of the name, and
    /// the value with its padding.
    public var structureSize: ByteCount { ByteCount(structureBytes) }

    fileprivate var structureBytes: Int { 3 * Token.size + padded(value.count) }
}

extension DeviceTree {
    /// Bytes by which the strings block of this tree grows when nodes like `node` are added behind all
    /// others, once or many times: the names of properties that no node of the tree has yet. The
    /// kernel adds nodes in this way, too (libfdt's fdt_setprop()).
    /// - Throws: `.name`, `.tooDeep`
    public func newStringsSize(for node: Node) throws(DeviceTreeError) -> ByteCount {
        var names = TreeNames()
        try names.add(root)
        let before = StringTable(names.ofProperties).bytes.count
        try names.add(node)
        return ByteCount(StringTable(names.ofProperties).bytes.count - before)
    }
}

private func padded(_ count: Int) -> Int { (count + Token.size - 1) / Token.size * Token.size }

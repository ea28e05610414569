import DeviceTree
import PlanChecker

/// Properties of device trees, as the Devicetree Specification and LoPAR have them.
extension DeviceTree.Node {
    mutating func put(_ name: String, cells: [UInt64]) {
        self[name] = cells.flatMap { cell in stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: cell >> UInt64($0)) } }
    }

    mutating func put(_ name: String, long: UInt64) { put(name, cells: [long >> 32, long & 0xffff_ffff]) }
    mutating func put(_ name: String, text: String) { self[name] = Array(text.utf8) + [0] }

    /// Addresses and sizes of two cells each.
    mutating func put(_ name: String, extents: [Extent]) {
        put(name, cells: extents.flatMap { [$0.start >> 32, $0.start & 0xffff_ffff, $0.size >> 32, $0.size & 0xffff_ffff] })
    }

    /// A tree's root: addresses and sizes of two cells.
    static func root(compatible: String) -> DeviceTree.Node {
        var root = DeviceTree.Node("")
        root.put("#address-cells", cells: [2])
        root.put("#size-cells", cells: [2])
        root.put("compatible", text: compatible)
        return root
    }

    static func memory(_ extents: [Extent], node: UInt64) -> DeviceTree.Node {
        var memory = DeviceTree.Node("memory@" + String(extents.first?.start ?? 0, radix: 16))
        memory.put("device_type", text: "memory")
        memory.put("reg", extents: extents)
        memory.put("numa-node-id", cells: [node])
        return memory
    }

    static func reservedMemory(_ extents: [Extent]) -> DeviceTree.Node {
        var node = DeviceTree.Node("reserved-memory")
        node.put("#address-cells", cells: [2])
        node.put("#size-cells", cells: [2])
        node["ranges"] = []
        node.children = extents.map { extent in
            var child = DeviceTree.Node("area@" + String(extent.start, radix: 16))
            child.put("reg", extents: [extent])
            child["no-map"] = []
            return child
        }
        return node
    }

    /// Files as /proc/device-tree has them.
    func files(below folder: String, into files: inout [String: [UInt8]]) {
        for property in properties { files["\(folder)/\(property.name)"] = property.value }
        for child in children { child.files(below: "\(folder)/\(child.name)", into: &files) }
    }
}

import DeviceTree
import PhysicalMemory
import TestSupport

extension FuzzTarget {
    /// A flattened tree; what is read out of it, and the tree written again.
    static let deviceTree = FuzzTarget(name: "devicetree") {
        try [
            TreeFixture.ppc64Peer.bytes(), TreeFixture.ppc64Firmware.bytes(), TreeFixture.aarch64Peer.bytes(),
            small().flattened(extraRoom: .page),
        ]
    } read: { bytes in
        attempt {
            let tree = try DeviceTree(bytes.span)
            read(tree.locatedRoot)
            attempt { _ = try tree.memory() }
            attempt {
                let written = try tree.flattened()
                promise(try DeviceTree(written.span) == tree, "a tree that was read is written and read again as the same")
                let core = processor()
                let growth = [core.structureSize, try tree.newStringsSize(for: core)].reduce(ByteCount(written.count)) {
                    $0.adding($1) ?? $0
                }
                var larger = tree
                larger.root.children.append(core)
                promise(ByteCount(try larger.flattened().count) == growth, "the room for a node more is what it takes")
            }
            attempt {
                var edited = tree
                try edited.edit("/chosen/fuzz@0", creating: true) { $0.set("reg", u64: 7) }
                promise(edited.node("/chosen/fuzz@0")?["reg"] == [0, 0, 0, 0, 0, 0, 0, 7], "what was set is there")
                promise(edited.removeNode("/chosen/fuzz@0"), "what is there can be removed")
            }
        }
    }

    private static func small() -> DeviceTree {
        var memory = DeviceTree.Node("memory@40000000")
        memory.set("device_type", string: "memory")
        memory.set("reg", u32s: [0, 0x4000_0000, 0, 0x8000_0000])
        var root = DeviceTree.Node("")
        root.set("#address-cells", u32: 2)
        root.set("#size-cells", u32: 2)
        root.children = [memory, DeviceTree.Node("chosen")]
        return DeviceTree(root: root, reservations: [PhysicalRange(start: PhysicalAddress(0x4000_0000), size: .page)].compactMap { $0 })
    }

    private static func processor() -> DeviceTree.Node {
        DeviceTree.Node(
            "PowerPC,POWER10@10", properties: [.init("reg", [0, 0, 0, 0x10]), .init("ibm,a-name-of-its-own"), .init("size-cells")])
    }

    /// Every way to read a property, on every one.
    private static func read(_ node: DeviceTree.LocatedNode) {
        for property in node.node.properties {
            attempt { _ = try node.u32(property.name) }
            attempt { _ = try node.number(property.name) }
            attempt { _ = try node.u32s(property.name) }
            attempt { _ = try node.strings(property.name) }
            attempt { _ = try node.ranges(property.name) }
            attempt { _ = try node.addresses(property.name) }
        }
        for child in node.children { read(child) }
    }
}

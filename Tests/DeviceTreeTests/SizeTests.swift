import DeviceTree
import PhysicalMemory
import TestSupport
import Testing

/// What nodes take in a blob, compared with dtc's and libfdt's blobs that have them.
@Suite(.enabled(if: Dtc.isAvailable, Dtc.absence)) struct SizeTests {
    private static let cpus = [
        "cpu@0 { };",
        "c { p; };",
        "abc { a = [01]; bb = [01 02 03 04]; ccc = [01 02 03 04 05]; };",
        "PowerPC,POWER10@8 { device_type = \"cpu\"; reg = <8>; ibm,ppc-interrupt-server#s = <8 9 10 11>; new-name; status = \"okay\"; };",
        "cpu@1 { #reg; reg; g; cache { level = <2>; reg; size; deeper { size; }; }; };",
    ]
    private static let others = "a; x-reg; cpus { cpu { reg = <0>; }; };"

    private func blob(_ nodes: String) throws -> [UInt8] { try Dtc.compile("/dts-v1/; / { \(Self.others) \(nodes) };", ["-f"]) }

    @Test(arguments: cpus) func aNodeMore(_ source: String) throws {
        let without = try parse(try blob(""))
        let with = try blob(source)
        let node = try #require(try parse(with).root.children.last)
        let grown = with.count - (try without.flattened().count)
        #expect(node.structureSize.rawValue + (try without.newStringsSize(for: node)).rawValue == UInt64(grown))
    }

    /// Many of a kind have their names once.
    @Test func manyNodes() throws {
        var tree = try parse(try blob(""))
        let before = try tree.flattened().count
        let node = try #require(try parse(try blob(Self.cpus[3])).root.children.last)
        let expected = UInt64(before) + 100 * node.structureSize.rawValue + (try tree.newStringsSize(for: node)).rawValue
        for _ in 0..<100 { tree.root.children.append(node) }
        #expect(try tree.flattened().count == expected)
        #expect(try tree.newStringsSize(for: node) == .zero)
    }

    @Test func propertiesAlone() throws {
        let tree = try parse(try blob(""))
        for count in 0...9 {
            var longer = tree
            let property = DeviceTree.Property("reg", [UInt8](repeating: 1, count: count))
            longer.root.properties.append(property)
            let grown = try longer.flattened().count - (try tree.flattened().count)
            #expect(property.structureSize.rawValue == UInt64(grown))
        }
    }

    /// The kernel adds CPUs by libfdt; so does fdtput, which leaves no free space behind.
    @Test func nodesThatLibfdtAdds() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("dtb").string
        for fixture in [TreeFixture.ppc64Peer, .aarch64Peer] {
            let tree = try parse(try fixture.bytes())
            let before = try tree.flattened()
            try folder.write(before, to: "dtb")
            var node = DeviceTree.Node("PowerPC,POWER10@a0")
            node.set("reg", u32: 0xa0)
            node.set("device_type", string: "cpu")
            node.set("name", string: "PowerPC,POWER10")
            node.set("a-new-property", strings: ["odd"])
            let path = "/cpus/\(node.name)"
            _ = try Tool.fdtput.output(["-c", file, path])
            _ = try Tool.fdtput.output(["-t", "x", file, path, "reg", "a0"])
            for name in ["device_type", "name", "a-new-property"] {
                let value = String(decoding: try #require(node[name]).dropLast(), as: UTF8.self)
                _ = try Tool.fdtput.output(["-t", "s", file, path, name, value])
            }
            let after = try folder.read("dtb")
            let added = try #require(try parse(after).node(path)?.node)
            #expect(Set(added.properties) == Set(node.properties))
            let grown = UInt64(after.count - before.count)
            #expect(node.structureSize.rawValue + (try tree.newStringsSize(for: node)).rawValue == grown, "\(fixture)")
        }
    }
}

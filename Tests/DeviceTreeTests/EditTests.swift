import DeviceTree
import PhysicalMemory
import TestSupport
import Testing

/// Changed trees, compared with dtc's of the changed source.
@Suite(.enabled(if: Dtc.isAvailable, Dtc.absence)) struct EditTests {
    private func tree(_ body: String) throws -> DeviceTree { try parse(Dtc.compile("/dts-v1/; \(body)", ["-f"])) }

    private func before() throws -> DeviceTree {
        try tree(
            """
            /memreserve/ 0x1000 0x1000;
            / { #address-cells = <1>; a = "1"; b; c = <3>; chosen { bootargs = "old"; seed = <1>; }; cpus { cpu@0 { }; cpu@1 { }; }; };
            """)
    }

    @Test func changedRemovedAdded() throws {
        var tree = try before()
        tree.root.set("a", string: "one")
        tree.root["b"] = nil
        tree.root["none"] = nil
        tree.root["d"] = []
        try tree.edit("/chosen") { chosen in
            chosen.set("bootargs", string: "new")
            chosen.set("linux,initrd-start", u64: 0x1_2345_6789)
            chosen["seed"] = nil
        }
        let isRemoved = tree.removeNode("/cpus/cpu@0")
        #expect(isRemoved)
        try tree.edit("/cpus/cpu@1/cache", creating: true) { $0.set("level", u32: 2) }
        try tree.edit("/cpus", creating: true) { $0.children.append(DeviceTree.Node("cpu@2")) }
        tree.reservations.append(try #require(PhysicalRange(start: PhysicalAddress(0x1800), size: ByteCount(0x1000 as UInt64))))
        let expected = try Dtc.compile(
            """
            /dts-v1/;
            /memreserve/ 0x1000 0x1000; /memreserve/ 0x1800 0x1000;
            / {
                #address-cells = <1>; a = "one"; c = <3>; d;
                chosen { bootargs = "new"; linux,initrd-start = <1 0x23456789>; };
                cpus { cpu@1 { cache { level = <2>; }; }; cpu@2 { }; };
            };
            """, ["-f"])
        #expect(firstDifference(try tree.flattened(), expected) == nil)
    }

    /// The same as libfdt adds: new properties at the end of dtc's, the node behind its siblings.
    @Test func creatingAPath() throws {
        var tree = try tree("/ { x; };")
        try tree.edit("/chosen/deeper", creating: true) { $0.set("y", u32: 1) }
        #expect(try tree.flattened() == (try Dtc.compile("/dts-v1/; / { x; chosen { deeper { y = <1>; }; }; };")))
        // A second time nothing is created.
        try tree.edit("/chosen/deeper", creating: true) { $0.set("y", u32: 2) }
        #expect(try tree.flattened() == (try Dtc.compile("/dts-v1/; / { x; chosen { deeper { y = <2>; }; }; };")))
    }

    @Test func whatIsNotThere() throws {
        var tree = try before()
        #expect(throws: DeviceTreeError.noNode("/chosen/none")) { try tree.edit("/chosen/none") { $0.name = "changed" } }
        for path in ["/cpus/none", "/none/cpu@0", "/", ""] {
            let isRemoved = tree.removeNode(path)
            #expect(!isRemoved, "\(path)")
        }
        #expect(tree == (try before()))
    }

    @Test func theRoot() throws {
        var tree = try before()
        let count = try tree.edit("/") { root in
            root.set("model", string: "m")
            return root.properties.count
        }
        #expect(count == 5)
        #expect(try tree.node("/")?.string("model") == "m")
    }

    @Test func bootCPU() throws {
        var tree = try before()
        tree.bootCPU = 0xdead_beef
        #expect(try parse(tree.flattened()).bootCPU == 0xdead_beef)
        #expect(firstDifference(try tree.flattened(), try Dtc.rewrite(tree.flattened())) == nil)
    }

    // MARK: What cannot be written

    @Test func names() throws {
        func error(_ change: (inout DeviceTree) -> Void) throws -> DeviceTreeError? {
            var tree = try before()
            change(&tree)
            do throws(DeviceTreeError) { _ = try tree.flattened() } catch { return error }
            return nil
        }
        let long = String(repeating: "x", count: 256)
        #expect(try error { $0.root["a\0"] = [] } == .name("property", of: "/", .byte(0)))
        #expect(try error { $0.root.children[0][""] = [] } == .name("property", of: "/chosen", .empty))
        #expect(try error { $0.root.children[0][long] = [] } == .name("property", of: "/chosen", .tooLong(256)))
        #expect(
            try error { $0.root.children[1].children[0].children = [.init("é")] } == .name("child node", of: "/cpus/cpu@0", .byte(0xc3)))
        #expect(try error { $0.root.children[1].children.append(.init("")) } == .name("child node", of: "/cpus", .empty))
        #expect(try error { $0.root.children.append(.init("a/b")) } == .name("child node", of: "/", .byte(0x2f)))
        #expect(try error { $0.root.children.append(.init(long)) } == .name("child node", of: "/", .tooLong(256)))
        #expect(DeviceTree.problem(ofNodeName: "cpu@0") == nil && DeviceTree.problem(ofPropertyName: "#a/b") == nil)
        #expect(DeviceTree.problem(ofNodeName: "a/b") == .byte(0x2f) && DeviceTree.problem(ofPropertyName: "") == .empty)
    }

    @Test func depth() throws {
        func nested(_ depth: Int) -> DeviceTree.Node {
            (1..<depth).reduce(DeviceTree.Node("n")) { node, _ in DeviceTree.Node("n", children: [node]) }
        }
        var tree = DeviceTree(root: DeviceTree.Node("", children: [nested(63)]))
        #expect(try parse(tree.flattened()) == tree)
        tree.root.children[0] = nested(64)
        #expect(throws: DeviceTreeError.tooDeep(String(repeating: "/n", count: 64))) { try tree.flattened() }
    }

    @Test func size() throws {
        let tree = DeviceTree()
        let used = try tree.flattened().count
        let room = ByteCount(DeviceTree.maximumSize - used)
        let largest = try tree.flattened(extraRoom: room)
        #expect(largest.count == 16 << 20)
        #expect(try parse(largest) == tree)
        #expect(throws: DeviceTreeError.tooLarge((16 << 20) + 1)) { try tree.flattened(extraRoom: ByteCount(room.rawValue + 1)) }
        #expect(throws: DeviceTreeError.tooLarge(.max)) { try tree.flattened(extraRoom: ByteCount(.max as UInt64)) }
        var large = tree
        large.root["large"] = [UInt8](repeating: 0, count: 16 << 20)
        // Three words, the value, "large" and its NUL.
        #expect(throws: DeviceTreeError.tooLarge(UInt64(used + 12 + (16 << 20) + 6))) { try large.flattened() }
    }
}

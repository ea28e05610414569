import DeviceTree
import TestSupport
import Testing

/// What properties hold, and what they do not.
@Suite(.enabled(if: Dtc.isAvailable, Dtc.absence)) struct ValueTests {
    private static let source = """
        /dts-v1/;
        / {
            #address-cells = <1>; #size-cells = <1>;
            n: node@1 {
                one = <0x80000001>; two = <0x12345678 0x9abcdef0>; three = <1 2 3>; flag;
                string = "some text"; list = "a", "", "b c"; odd = [01 02 03 04 05]; unterminated = [61 62];
                padded = "text", [00 00 00]; latin1 = [e9 00]; utf8 = "\u{e9}"; nul = [00];
                phandle = <7>;
            };
            older { linux,phandle = <8>; };
            oldest { ibm,phandle = <9>; child { }; };
            twin { ibm,phandle = <7>; };
        };
        """

    private let tree: DeviceTree
    private let blob: [UInt8]
    private let node: DeviceTree.LocatedNode

    init() throws {
        blob = try Dtc.compile(Self.source, ["-f"])
        tree = try parse(blob)
        node = try tree.requiredNode("/node@1")
    }

    private func fdtget(_ arguments: String...) throws -> String {
        let folder = try TemporaryFolder()
        let file = try folder.write(blob, to: "dtb").string
        let text = try Tool.fdtget.text(Array(arguments.dropLast(2)) + [file] + arguments.suffix(2))
        return text.split(separator: "\n", omittingEmptySubsequences: false).first.map { String($0) } ?? ""
    }

    private func wrong(_ name: String, _ found: String, _ allowed: String) -> DeviceTreeError {
        .value("/node@1", name, found: found, allowed: allowed)
    }

    @Test func numbers() throws {
        #expect("\(try #require(try node.u32("one")))" == (try fdtget("-t", "u", "/node@1", "one")))
        #expect(try node.u64("two") == 0x1234_5678_9abc_def0)
        #expect(try node.number("one") == 0x8000_0001)
        #expect(try node.number("two") == 0x1234_5678_9abc_def0)
        for name in ["one", "two", "three"] {
            let cells = try #require(try node.u32s(name))
            #expect(cells.map { String($0) }.joined(separator: " ") == (try fdtget("-t", "u", "/node@1", name)))
        }
        #expect(try node.u32s("flag") == [])
        #expect(throws: wrong("two", "8 bytes", "a number of 4 bytes")) { try node.u32("two") }
        #expect(throws: wrong("flag", "0 bytes", "a number of 4 bytes")) { try node.u32("flag") }
        #expect(throws: wrong("one", "4 bytes", "a number of 8 bytes")) { try node.u64("one") }
        #expect(throws: wrong("three", "12 bytes", "a number of 4 or 8 bytes")) { try node.number("three") }
        #expect(throws: wrong("odd", "5 bytes", "numbers of 4 bytes each")) { try node.u32s("odd") }
    }

    @Test func strings() throws {
        #expect(try node.string("string") == (try fdtget("-t", "s", "/node@1", "string")))
        #expect(try node.string("padded") == "text")
        #expect(try node.string("nul") == "")
        #expect(try node.string("utf8") == "é")
        #expect(try node.strings("list") == ["a", "", "b c"])
        #expect(try node.strings("string") == ["some text"])
        #expect(try node.strings("nul") == [""])
        for name in ["unterminated", "flag"] {
            let count = try #require(node[name]).count
            #expect(throws: wrong(name, "\(count) bytes", "a string that ends in NUL")) { try node.string(name) }
            #expect(throws: wrong(name, "\(count) bytes", "strings that end in NUL each")) { try node.strings(name) }
        }
        #expect(throws: wrong("latin1", "other bytes", "text in UTF-8")) { try node.string("latin1") }
        #expect(throws: wrong("latin1", "other bytes", "text in UTF-8")) { try node.strings("latin1") }
    }

    @Test func whatIsNotThere() throws {
        #expect(try node.u32("none") == nil)
        #expect(try node.u64("none") == nil)
        #expect(try node.number("none") == nil)
        #expect(try node.u32s("none") == nil)
        #expect(try node.string("none") == nil)
        #expect(try node.strings("none") == nil)
        #expect(try node.ranges("none") == nil)
        #expect(try node.addresses("none") == nil)
        #expect(node["none"] == nil)
        #expect(try node.required("flag") == [])
        #expect(throws: DeviceTreeError.noProperty("/node@1", "none")) { try node.required("none") }
        #expect(throws: DeviceTreeError.noNode("/node")) { try tree.requiredNode("/node") }
    }

    @Test func paths() throws {
        #expect(tree.node("/")?.path == "/")
        #expect(tree.node("/oldest/child")?.path == "/oldest/child")
        #expect(tree.locatedRoot.children.map(\.path) == ["/node@1", "/older", "/oldest", "/twin"])
        #expect(tree.node("/oldest/child/none") == nil)
        #expect(node.node.baseName == "node" && node.node.unitAddress == "1")
        let two = DeviceTree.Node("a@b@c")
        #expect(two.baseName == "a@b" && two.unitAddress == "c")
        let none = DeviceTree.Node("chosen")
        #expect(none.baseName == "chosen" && none.unitAddress == nil)
    }

    @Test func phandles() throws {
        #expect(tree.node(phandle: 7)?.path == "/node@1")
        #expect(tree.node(phandle: 8)?.path == "/older")
        #expect(tree.node(phandle: 9)?.path == "/oldest")
        #expect(tree.node(phandle: 10) == nil)
        #expect(tree.firstNode { $0.name == "child" }?.path == "/oldest/child")
    }

    /// What is set is what dtc would have made of the same value.
    @Test func setting() throws {
        var copy = tree
        try copy.edit("/node@1") { node in
            node.set("three", u32s: [1, 2, 3])
            node.set("one", u32: 0x8000_0001)
            node.set("two", u64: 0x1234_5678_9abc_def0)
            node.set("string", string: "some text")
            node.set("utf8", string: "é")
            node.set("list", strings: ["a", "", "b c"])
            node["flag"] = []
        }
        #expect(copy == tree)
    }

    @Test func status() throws {
        func isAvailable(_ status: [UInt8]?) -> Bool? {
            var tree = tree
            tree.root.children[0]["status"] = status
            return tree.node("/node@1")?.isAvailable
        }
        #expect(isAvailable(nil) == true)
        #expect(isAvailable(Array("okay\0".utf8)) == true)
        #expect(isAvailable(Array("ok\0".utf8)) == true)
        for other in ["disabled\0", "fail\0", "\0", "", "okay", "oka\0"] { #expect(isAvailable(Array(other.utf8)) == false, "\(other)") }
    }
}

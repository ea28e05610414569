import DeviceTree
import TestSupport
import Testing

/// The structure block: tokens out of place, names, lengths.
@Suite struct StructureTests {
    /// What is wrong, where, in the pieces of a blob.
    private func expect(
        _ pieces: [SyntheticBlob.Piece], fails problem: String, in path: String, at piece: Int, plus extra: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let blob = SyntheticBlob(pieces)
        #expect(throws: DeviceTreeError.structure(path, at: blob.offset(of: piece) + extra, problem), sourceLocation: sourceLocation) {
            try parse(blob.bytes)
        }
    }

    @Test func unbalanced() {
        expect([.begin(""), .begin("a"), .end, .finish], fails: "the tree ends within the node", in: "/", at: 3)
        expect([.begin(""), .begin("a"), .begin("b"), .finish], fails: "the tree ends within the node", in: "/a/b", at: 3)
        expect([.begin(""), .begin("a"), .end], fails: "the structure block ends where a token must stand", in: "/", at: 3)
        expect(
            [.begin(""), .end, .end, .finish], fails: "FDT_END_NODE stands behind the end of the root, where the tree must end", in: "/",
            at: 2)
        expect([.begin(""), .end], fails: "the structure block ends where a token must stand", in: "/", at: 2)
    }

    @Test func noRoot() {
        expect([], fails: "the structure block ends where a token must stand", in: "/", at: 0)
        expect([.finish], fails: "FDT_END stands where the root must begin", in: "/", at: 0)
        expect([.end, .finish], fails: "FDT_END_NODE stands where the root must begin", in: "/", at: 0)
        expect([.nop, .property("a", []), .finish], fails: "FDT_PROP stands where the root must begin", in: "/", at: 1)
    }

    @Test func twoRoots() {
        expect(
            [.begin(""), .end, .begin(""), .end, .finish],
            fails: "FDT_BEGIN_NODE stands behind the end of the root, where the tree must end", in: "/", at: 2)
    }

    @Test(arguments: [UInt32(0), 5, 8, 10, 0x0100_0000, .max]) func noTokens(_ value: UInt32) {
        expect(
            [.begin(""), .begin("a"), .word(value), .end, .end, .finish], fails: "0x\(String(value, radix: 16)) is no token", in: "/a",
            at: 2)
    }

    @Test func propertiesBehindChildren() {
        expect(
            [.begin(""), .begin("a"), .end, .property("late", []), .end, .finish], fails: "a property stands behind a child node", in: "/",
            at: 3)
    }

    @Test func dataBehindTheEnd() throws {
        let pieces: [SyntheticBlob.Piece] = [.begin(""), .end, .finish]
        #expect(try parse(SyntheticBlob(pieces + [.word(0), .word(0)]).bytes) == DeviceTree())
        expect(pieces + [.word(0), .nop], fails: "data follow the end of the tree within size_dt_struct", in: "/", at: 4, plus: 3)
    }

    /// NOPs stand where a kernel has taken out a property (rng-seed).
    @Test func nops() throws {
        var blob = SyntheticBlob([
            .begin(""), .nop, .property("a", [1]), .nop, .nop, .property("b", []), .nop, .begin("c"), .nop, .end, .nop, .end, .finish,
        ])
        let tree = try parse(blob.bytes)
        #expect(tree.root.properties == [.init("a", [1]), .init("b")])
        #expect(tree.root.children == [.init("c")])
        if Dtc.isAvailable { #expect(firstDifference(try tree.flattened(), try Dtc.rewrite(blob.bytes)) == nil) }
        // The specification allows them at either end, too, though dtc does not.
        blob.pieces.insert(.nop, at: 0)
        blob.pieces.insert(.nop, at: blob.pieces.count - 1)
        #expect(try parse(blob.bytes) == tree)
    }

    private func nested(_ depth: Int) -> SyntheticBlob {
        let names = ["", "a"] + Array(repeating: "b", count: depth)
        return SyntheticBlob(names[..<depth].map { .begin($0) } + Array(repeating: .end, count: depth) + [.finish])
    }

    @Test func depth() throws {
        let deepest = try parse(nested(64).bytes)
        if Dtc.isAvailable { #expect(firstDifference(try deepest.flattened(), try Dtc.rewrite(nested(64).bytes)) == nil) }
        let path = "/a" + String(repeating: "/b", count: 63)
        #expect(throws: DeviceTreeError.tooDeep(path)) { try parse(nested(65).bytes) }
        #expect(throws: DeviceTreeError.tooDeep(path)) { try parse(nested(100_000).bytes) }
    }

    // MARK: Names

    @Test func namesOfNodes() throws {
        let long = String(repeating: "n", count: 255)
        let blob = SyntheticBlob([.begin(""), .begin(long), .end, .begin("with space, #~!"), .end, .end, .finish])
        #expect(try parse(blob.bytes).root.children.map(\.name) == [long, "with space, #~!"])
        expect(
            [.begin(""), .begin(long + "n"), .end, .end, .finish], fails: "the name of a node has 256 bytes, more than the 255 allowed",
            in: "/", at: 1, plus: 4)
        expect(
            [.begin(""), .begin("a"), .begin(""), .end, .end, .end, .finish], fails: "the name of a node is empty", in: "/a", at: 2, plus: 4
        )
        expect(
            [.begin(""), .begin("a/b"), .end, .end, .finish], fails: "the name of a node holds the byte 0x2f, which is not allowed there",
            in: "/", at: 1, plus: 4)
        expect(
            [.begin(""), .begin("é"), .end, .end, .finish], fails: "the name of a node holds the byte 0xc3, which is not allowed there",
            in: "/", at: 1, plus: 4)
        expect(
            [.begin(""), .begin("a\u{1b}["), .end, .end, .finish],
            fails: "the name of a node holds the byte 0x1b, which is not allowed there", in: "/", at: 1, plus: 4)
    }

    /// Without its NUL the name would go on into the strings block.
    @Test func aNameThatNeverEnds() {
        expect(
            [.begin(""), .word(1), .bytes(Array("abcd".utf8))], fails: "the name of a node is not terminated within its block", in: "/",
            at: 2)
        expect([.begin(""), .word(1)], fails: "the name of a node is not terminated within its block", in: "/", at: 2)
        expect([.word(1)], fails: "the name of a node is not terminated within its block", in: "/", at: 1)
    }

    @Test func namesOfProperties() throws {
        func property(at offset: UInt32) -> [SyntheticBlob.Piece] { [.begin(""), .word(3), .word(0), .word(offset), .end, .finish] }
        func names(_ strings: [UInt8], at offset: UInt32) -> [UInt8] {
            var blob = SyntheticBlob(property(at: offset))
            blob.strings = strings
            return blob.bytes
        }
        let place = SyntheticBlob(property(at: 0)).offset(of: 3)
        func error(_ problem: String, _ offset: Int) -> DeviceTreeError {
            .structure("/", at: place, "the name of a property, at 0x\(String(offset, radix: 16)) of the strings block, \(problem)")
        }
        let strings = Array("#a/cells\0".utf8)
        #expect(try parse(names(strings, at: 0)).root.properties == [.init("#a/cells")])
        #expect(try parse(names(strings, at: 3)).root.properties == [.init("cells")])
        #expect(throws: error("is empty", 8)) { try parse(names(strings, at: 8)) }
        #expect(throws: error("lies beyond its 9 bytes", 9)) { try parse(names(strings, at: 9)) }
        #expect(throws: error("lies beyond its 9 bytes", 0xffff_ffff)) { try parse(names(strings, at: .max)) }
        #expect(throws: error("is not terminated within its block", 3)) { try parse(names(Array(strings.dropLast()), at: 3)) }
        let long = [UInt8](repeating: 0x61, count: 256) + [0]
        #expect(throws: error("has 256 bytes, more than the 255 allowed", 0)) { try parse(names(long, at: 0)) }
        #expect(try parse(names(long, at: 1)).root.properties[0].name.utf8.count == 255)
        #expect(throws: error("holds the byte 0x9, which is not allowed there", 0)) { try parse(names([9, 0], at: 0)) }
    }

    @Test(arguments: [UInt32(13), 16, 0x7fff_ffff, 0xffff_fffc, .max]) func lengthsOfValues(_ length: UInt32) throws {
        let blob = SyntheticBlob([.begin(""), .word(3), .word(length), .word(0), .word(2), .word(9), .word(0)])
        var named = blob
        named.strings = Array("p\0".utf8)
        #expect(
            throws: DeviceTreeError.structure(
                "/", at: blob.offset(of: 2), "p has a value of \(length) bytes, which reaches beyond the structure block")
        ) { try parse(named.bytes) }
    }

    @Test func propertiesThatAreCutOff() {
        expect([.begin(""), .word(3)], fails: "the structure block ends where the length of a property must stand", in: "/", at: 2)
        expect([.begin(""), .word(3), .word(0)], fails: "the structure block ends where the name of a property must stand", in: "/", at: 3)
    }

    /// Two of a name are kept; the first one counts, as for the kernel.
    @Test func duplicates() throws {
        let blob = SyntheticBlob([
            .begin(""), .property("a", [1]), .property("a", [2]), .begin("n"), .property("b", [3]), .end, .begin("n"), .end, .end, .finish,
        ])
        let tree = try parse(blob.bytes)
        #expect(tree.root["a"] == [1])
        #expect(tree.node("/n")?["b"] == [3])
        #expect(try parse(tree.flattened()) == tree)
    }
}

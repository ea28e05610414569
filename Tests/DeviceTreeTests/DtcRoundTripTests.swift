import DeviceTree
import PhysicalMemory
import TestSupport
import Testing

/// What dtc wrote comes out again byte for byte, and dtc reads what is written here.
@Suite(.enabled(if: Dtc.isAvailable, Dtc.absence))
struct DtcRoundTripTests {
    /// Sources with what the language has: labels, references, reservations, all kinds of values.
    static let sources: [String: String] = [
        "empty": "/dts-v1/; / { };",
        "values": """
        /dts-v1/;
        /memreserve/ 0x10000000 0x4000;
        /memreserve/ 0x10002000 0x4000;
        / {
            compatible = "a,b", "c,d";
            #address-cells = <2>; #size-cells = <2>;
            bytes = [00 01 02 03 04]; one = [ff]; flag; empty-string = "";
            mixed = "text", <1 2>, [aa]; big = /bits/ 64 <0x123456789abcdef0>; small = /bits/ 16 <1 2 3>;
            cpus { #address-cells = <1>; #size-cells = <0>; cpu@5 { device_type = "cpu"; reg = <5>; }; };
            memory@80000000 { device_type = "memory"; reg = <0 0x80000000 1 0>; };
        };
        """,
        "references": """
        /dts-v1/;
        / {
            aliases { serial0 = &uart; };
            pic: interrupt-controller { interrupt-controller; #interrupt-cells = <1>; };
            uart: serial@10 { reg = <0x10>; interrupt-parent = <&pic>; interrupts = <3>; };
            chosen { stdout-path = &uart; };
        };
        &uart { status = "okay"; clock-frequency = <1843200>; };
        """,
        // Each name after the first ends an earlier one, or is an ending that came before its whole.
        "shared names": """
        /dts-v1/;
        / {
            a { #address-cells = <1>; address-cells = <1>; cells = <1>; lls; s; };
            b { reg; x-reg; y-x-reg; x-reg-z; g; };
            c { z; reg-z; eg-z; y-x-reg; };
        };
        """,
    ]

    @Test(arguments: Array(sources.keys)) func compiledSources(_ name: String) throws {
        let blob = try Dtc.compile(try #require(Self.sources[name]))
        let again = try parse(blob).flattened()
        #expect(firstDifference(again, blob) == nil)
    }

    @Test(arguments: Array(sources.keys)) func withSymbols(_ name: String) throws {
        let blob = try Dtc.compile(try #require(Self.sources[name]), ["-@"])
        #expect(firstDifference(try parse(blob).flattened(), blob) == nil)
    }

    @Test(arguments: [1, 4, 7, 4096]) func extraRoom(_ room: Int) throws {
        let source = try #require(Self.sources["values"])
        let blob = try Dtc.compile(source, ["-p", "\(room)"])
        let tree = try parse(blob)
        #expect(tree == (try parse(Dtc.compile(source))))
        #expect(firstDifference(try tree.flattened(extraRoom: ByteCount(room)), blob) == nil)
    }

    /// Reserved slots behind the last reservation are zeros, which end the block.
    @Test func freeReservationSlots() throws {
        let source = try #require(Self.sources["values"])
        #expect(try parse(Dtc.compile(source, ["-R", "5"])) == (try parse(Dtc.compile(source))))
    }

    /// Version 16 has no size of the structure block.
    @Test(arguments: Array(sources.keys)) func version16(_ name: String) throws {
        let source = try #require(Self.sources[name])
        let old = try Dtc.compile(source, ["-V", "16", "-b", "7"])
        #expect(old.count == (try Dtc.compile(source)).count)
        let new = try Dtc.compile(source, ["-V", "17", "-b", "7"])
        let tree = try parse(old)
        #expect(tree.bootCPU == 7)
        #expect(firstDifference(try tree.flattened(), new) == nil)
    }

    @Test(arguments: 1...40) func randomTrees(_ seed: UInt64) throws {
        let tree = RandomTree.make(seed: seed, nodes: 60)
        let blob = try tree.flattened()
        #expect(try parse(blob) == tree)
        #expect(firstDifference(try Dtc.rewrite(blob), blob) == nil)
        // By the way of source text: dtc's parser of blobs and its compiler agree.
        #expect(firstDifference(try Dtc.compile(Dtc.source(blob), ["-b", "\(tree.bootCPU)"]), blob) == nil)
    }

    /// Ten thousand nodes with names of their own, some MB.
    @Test func largeTree() throws {
        var generator = SeededGenerator(seed: 5)
        var tree = DeviceTree()
        for group in 0..<100 {
            var bus = DeviceTree.Node("bus@\(group)")
            for index in 0..<100 {
                var node = DeviceTree.Node("device@\(index)")
                for property in 0..<4 { node["property-\(property)-of-\(group)"] = generator.bytes(64) }
                bus.children.append(node)
            }
            tree.root.children.append(bus)
        }
        let blob = try tree.flattened()
        #expect(blob.count > 3_000_000)
        let isSame = try parse(blob) == tree
        #expect(isSame)
        let again = try Dtc.rewrite(blob)
        #expect(firstDifference(again, blob) == nil)
    }

    /// Blobs whose blocks lie in other orders, with gaps, and in version 16.
    @Test(arguments: TreeFixture.allCases) func recordedTrees(_ fixture: TreeFixture) throws {
        let blob = try fixture.bytes()
        #expect(firstDifference(try parse(blob).flattened(), try Dtc.rewrite(blob)) == nil)
    }
}

import DeviceTree
import PhysicalMemory
import TestSupport
import Testing

/// `reg` by the cells that the parent tells, and memory.
@Suite(.enabled(if: Dtc.isAvailable, Dtc.absence)) struct CellTests {
    /// A root with these cells, and a node /memory with this `reg`.
    private func tree(_ cells: String, reg: String) throws -> DeviceTree {
        try parse(Dtc.compile("/dts-v1/; / { \(cells) memory { device_type = \"memory\"; reg = \(reg); }; };", ["-f"]))
    }

    private func ranges(_ cells: String, reg: String) throws -> [PhysicalRange]? {
        try tree(cells, reg: reg).node("/memory")?.ranges()
    }

    private func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
        try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)))
    }

    @Test(arguments: [
        ("#address-cells = <1>; #size-cells = <1>;", "<0x80000000 0x1000 0xf0000000 0x2000>"),
        ("#address-cells = <2>; #size-cells = <1>;", "<0 0x80000000 0x1000 0 0xf0000000 0x2000>"),
        ("#address-cells = <1>; #size-cells = <2>;", "<0x80000000 0 0x1000 0xf0000000 0 0x2000>"),
        ("#address-cells = <2>; #size-cells = <2>;", "<0 0x80000000 0 0x1000 0 0xf0000000 0 0x2000>"),
        ("#size-cells = <1>;", "<0 0x80000000 0x1000 0 0xf0000000 0x2000>"),
        ("#address-cells = <1>;", "<0x80000000 0x1000 0xf0000000 0x2000>"),
        ("", "<0 0x80000000 0x1000 0 0xf0000000 0x2000>"),
    ])
    func oneOrTwoCells(_ cells: String, _ reg: String) throws {
        let tree = try tree(cells, reg: reg)
        let ranges = try #require(try tree.node("/memory")?.ranges())
        let expected = [try range(0x8000_0000, 0x1000), try range(0xf000_0000, 0x2000)]
        #expect(ranges == expected)
        // And back.
        #expect(try tree.locatedRoot.cells().bytes(ranges) == tree.node("/memory")?["reg"])
    }

    @Test func numbersOf64Bits() throws {
        let cells = "#address-cells = <2>; #size-cells = <2>;"
        let ranges = try #require(try ranges(cells, reg: "<0x12 0x34567890 0x9a 0xbcdef000>"))
        #expect(ranges == [try range(0x12_3456_7890, 0x9a_bcde_f000)])
    }

    @Test(arguments: [UInt32(0), 3, 4, 0x7fff_ffff, .max]) func otherCells(_ count: UInt32) {
        let wrongAddress = DeviceTreeError.cells("/", "#address-cells", count, allowed: "1 or 2")
        #expect(throws: wrongAddress) { try ranges("#address-cells = <\(count)>; #size-cells = <1>;", reg: "<0 0 0 0 0 0>") }
        let wrongSize = DeviceTreeError.cells("/", "#size-cells", count, allowed: "1 or 2")
        #expect(throws: wrongSize) { try ranges("#address-cells = <1>; #size-cells = <\(count)>;", reg: "<0 0 0 0 0 0>") }
        #expect("\(wrongAddress)" == "/: #address-cells is \(count), must be 1 or 2")
    }

    @Test func cellsThatAreNoNumber() {
        #expect(throws: DeviceTreeError.value("/", "#size-cells", found: "8 bytes", allowed: "a number of 4 bytes")) {
            try ranges("#address-cells = <1>; #size-cells = <1 1>;", reg: "<0 1>")
        }
    }

    /// The parent's cells count, not the node's own, nor the root's.
    @Test func cellsOfTheParent() throws {
        let tree = try parse(
            Dtc.compile(
                """
                /dts-v1/;
                / {
                    #address-cells = <2>; #size-cells = <2>;
                    bus { #address-cells = <1>; #size-cells = <1>; device@10 { #address-cells = <3>; #size-cells = <0>; reg = <0x10 0x20>; }; };
                    bad { #address-cells = <3>; device@10 { reg = <0 0 0x10 0x20>; }; };
                    cpus { #address-cells = <1>; #size-cells = <0>; cpu@5 { reg = <5 13>; }; };
                    wide { #address-cells = <2>; #size-cells = <0>; cpu@100000000 { reg = <1 0>; }; };
                    chosen { linux,usable-memory-range = <0 0x1000 0 0x2000>; };
                };
                """, ["-f"]))
        #expect(try tree.node("/bus/device@10")?.ranges() == [try range(0x10, 0x20)])
        #expect(throws: DeviceTreeError.cells("/bad", "#address-cells", 3, allowed: "1 or 2")) { try tree.node("/bad/device@10")?.ranges() }
        #expect(try tree.node("/cpus/cpu@5")?.addresses() == [5, 13])
        #expect(try tree.node("/wide/cpu@100000000")?.addresses() == [1 << 32])
        #expect(throws: DeviceTreeError.cells("/cpus", "#size-cells", 0, allowed: "1 or 2")) { try tree.node("/cpus/cpu@5")?.ranges() }
        #expect(throws: DeviceTreeError.cells("/bus", "#size-cells", 1, allowed: "0")) { try tree.node("/bus/device@10")?.addresses() }
        let rootCells = try tree.locatedRoot.cells()
        #expect(try tree.node("/chosen")?.ranges("linux,usable-memory-range", cells: rootCells) == [try range(0x1000, 0x2000)])
    }

    @Test func valuesThatDoNotFit() throws {
        let cells = "#address-cells = <2>; #size-cells = <1>;"
        #expect(throws: DeviceTreeError.value("/memory", "reg", found: "8 bytes", allowed: "ranges of 12 bytes each")) {
            try ranges(cells, reg: "<0 1>")
        }
        #expect(throws: DeviceTreeError.value("/memory", "reg", found: "13 bytes", allowed: "ranges of 12 bytes each")) {
            try ranges(cells, reg: "<0 1 2>, [03]")
        }
        #expect(
            throws: DeviceTreeError.value(
                "/memory", "reg", found: "0x1000 bytes at 0xfffffffffffff000", allowed: "a range that ends below 2^64")
        ) {
            try ranges(cells, reg: "<0xffffffff 0xfffff000 0x1000>")
        }
        let cpus = try parse(Dtc.compile("/dts-v1/; / { #address-cells = <2>; #size-cells = <0>; cpu { reg = <1>; }; };", ["-f"]))
        #expect(throws: DeviceTreeError.value("/cpu", "reg", found: "4 bytes", allowed: "addresses of 8 bytes each")) {
            try cpus.node("/cpu")?.addresses()
        }
    }

    @Test func rangesThatDoNotFit() throws {
        let narrow = try tree("#address-cells = <1>; #size-cells = <1>;", reg: "<0 1>").locatedRoot.cells()
        #expect(try narrow.bytes([try range(0xffff_ffff, 0xffff_ffff)]) == [UInt8](repeating: 0xff, count: 8))
        #expect(throws: DeviceTreeError.cells("/", "#address-cells", 1, allowed: "2 for the address 0x100000000")) {
            try narrow.bytes([try range(1 << 32, 1)])
        }
        #expect(throws: DeviceTreeError.cells("/", "#size-cells", 1, allowed: "2 for the size 0x100000000")) {
            try narrow.bytes([try range(0, 1 << 32)])
        }
        let bad = try tree("#address-cells = <3>;", reg: "<0>").locatedRoot.cells()
        #expect(throws: DeviceTreeError.cells("/", "#address-cells", 3, allowed: "1 or 2")) { try bad.bytes([]) }
    }

    // MARK: Memory

    @Test func memory() throws {
        let tree = try parse(
            Dtc.compile(
                """
                /dts-v1/;
                / {
                    #address-cells = <2>; #size-cells = <2>;
                    memory@100000000 { device_type = "memory"; reg = <1 0 0 0x10000000>, <1 0x10000000 0 0>; };
                    memory@0 { device_type = "memory"; reg = <0 0 0 0x8000000>, <0 0x4000000 0 0x8000000>; };
                    disabled { device_type = "memory"; status = "disabled"; reg = <2 0 0 0x10000000>; };
                    memory@300000000 { reg = <3 0 0 0x10000000>; };
                    bus { memory@400000000 { device_type = "memory"; reg = <4 0 0 0x10000000>; }; };
                };
                """, ["-f"]))
        #expect(tree.memoryNodes.map(\.path) == ["/memory@100000000", "/memory@0"])
        #expect(try tree.memory() == [try range(0, 0xc00_0000), try range(1 << 32, 0x1000_0000)])
    }

    @Test(arguments: [
        "", "memory@0 { reg = <0 0 1>; };", "memory@0 { device_type = \"memory\"; };",
        "memory@0 { device_type = \"memory\"; reg = <0 0 0>; };",
        "memory@0 { device_type = \"memory\"; reg = []; };",
        "memory@0 { device_type = \"memory\"; reg = <0 0 1>; status = \"disabled\"; };",
    ])
    func noMemory(_ nodes: String) throws {
        let tree = try parse(Dtc.compile("/dts-v1/; / { \(nodes) };", ["-f"]))
        #expect(throws: DeviceTreeError.noMemory) { try tree.memory() }
    }

    /// 2 GiB from 0, and from 1 GiB on.
    @Test func memoryOfRecordedMachines() throws {
        for (fixture, start) in [(TreeFixture.ppc64Peer, 0), (.ppc64Firmware, 0), (.aarch64Peer, 0x4000_0000)] as [(TreeFixture, UInt64)] {
            let tree = try parse(try fixture.bytes())
            #expect(try tree.memory() == [try range(start, 0x8000_0000)], "\(fixture)")
        }
        let arm64 = try parse(try TreeFixture.aarch64Peer.bytes())
        let cells = try arm64.locatedRoot.cells()
        let chosen = try arm64.requiredNode("/chosen")
        // "99a00000-b99fffff : Crash kernel" in that guest's /proc/iomem.
        #expect(try chosen.ranges("linux,usable-memory-range", cells: cells) == [try range(0x99a0_0000, 0x2000_0000)])
        #expect(try chosen.ranges("linux,elfcorehdr", cells: cells) == [try range(0xb99f_f000, 0x400)])
        // kexec-tools left zeros behind it, which dtc calls no string.
        #expect(try chosen.string("bootargs")?.hasSuffix("maxcpus=1 reset_devices") == true)
    }
}

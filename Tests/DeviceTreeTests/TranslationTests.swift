import DeviceTree
import Foundation
import PhysicalMemory
import TestSupport
import Testing

/// Addresses through buses, in trees that dtc compiles; Devicetree Specification, section 2.3.8.
@Suite(.enabled(if: Tool.dtc.isAvailable, "dtc is not installed")) struct TranslationTests {
    private func tree(_ body: String) throws -> DeviceTree {
        let text = "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; \(body) };"
        let blob = try Tool.dtc.output(["-q", "-f", "-I", "dts", "-O", "dtb", "-"], input: Array(text.utf8))
        return try DeviceTree(blob.span)
    }

    private func bus(_ properties: String, _ inner: String) -> String {
        "bus { #address-cells = <1>; #size-cells = <1>; \(properties) \(inner) };"
    }

    private static let device = "uart@1000 { reg = <0x1000 0x100>; };"

    private func start(_ body: String, _ path: String = "/bus/uart@1000") throws -> UInt64? {
        try tree(body).physicalRange(ofDevice: path)?.start.rawValue
    }

    @Test func ofTheRoot() throws {
        #expect(try start("uart@1000 { reg = <0 0x1000 0 0x100>; };", "/uart@1000") == 0x1000)
        #expect(try start("uart@1000 { reg = <1 0x1000 0 0x100>; };", "/uart@1000") == 0x1_0000_1000)
    }

    /// Each number of cells as its own bus has it: here one of the child's, two of the parent's, one of size.
    @Test(
        arguments: [
            ("ranges = <0 0 0xf0000000 0x1000000>;", 0xf000_1000), ("ranges = <0 0x8 0 0x2000>;", 0x8_0000_1000),
            ("ranges = <0x1000 0 0x40000000 0x100>;", 0x4000_0000), ("ranges;", 0x1000),
            ("ranges = <0x8000 0 0x50000000 0x1000 0x0 0 0x60000000 0x8000>;", 0x6000_1000),
            // None, one that does not reach, one that cuts it, one of another size, one beyond 64 bits.
            ("", nil), ("ranges = <0x2000 0 0x40000000 0x1000>;", nil), ("ranges = <0x1000 0 0x40000000 0x80>;", nil),
            ("ranges = <0 0 0xf0000000>;", nil), ("ranges = <0 0xffffffff 0xfffff800 0x2000>;", nil),
        ] as [(String, UInt64?)]) func oneBus(_ ranges: String, _ expected: UInt64?) throws
    {
        #expect(try start(bus(ranges, Self.device)) == expected)
    }

    @Test func busBehindBus() throws {
        let inner = bus("ranges = <0 0x100000 0x10000>;", Self.device).replacingOccurrences(of: "bus {", with: "inner {")
        #expect(try start(bus("ranges = <0 0 0xf0000000 0x1000000>;", inner), "/bus/inner/uart@1000") == 0xf010_1000)
        #expect(try start(bus("", inner), "/bus/inner/uart@1000") == nil)
        #expect(try start(bus("ranges;", inner), "/bus/inner/uart@1000") == 0x10_1000)
    }

    /// A device on a bus without sizes, on PCI and on ISA has no such address.
    @Test func otherAddresses() throws {
        #expect(try start("bus { #address-cells = <1>; #size-cells = <0>; uart@1000 { reg = <0x1000>; }; };") == nil)
        #expect(
            try start(
                "bus { #address-cells = <3>; #size-cells = <2>; device_type = \"pci\"; ranges; uart@1000 { reg = <0 0 0x1000 0 0x100>; }; };"
            )
                == nil)
        #expect(
            try start(
                "isa { #address-cells = <2>; #size-cells = <1>; ranges = <1 0 0 0 0x1000>; uart@1000 { reg = <1 0x3f8 8>; }; };",
                "/isa/uart@1000") == nil)
        #expect(try start("bus { uart@1000 { }; };") == nil)
        #expect(try start(bus("ranges;", Self.device), "/bus/none") == nil)
        #expect(try start(bus("ranges;", Self.device), "/") == nil)
    }

    @Test(
        arguments: [
            ("/bus/uart@1000", "/bus/uart@1000"), ("/bus/uart@1000:115200n8", "/bus/uart@1000"), ("serial0", "/bus/uart@1000"),
            ("serial0:115200", "/bus/uart@1000"), ("bus0/uart@1000:9600", "/bus/uart@1000"), ("/bus/uart", "/bus/uart@1000"),
            ("serial9", nil), ("/bus/none", nil), ("", nil), (":115200", nil), ("/", nil), ("bus0/", "/bus"),
        ] as [(String, String?)]) func namesOfTheConsole(_ text: String, _ expected: String?) throws
    {
        let tree = try tree("aliases { serial0 = \"/bus/uart@1000\"; bus0 = \"/bus\"; }; \(bus("ranges;", Self.device))")
        #expect(tree.path(named: text) == expected)
    }
}

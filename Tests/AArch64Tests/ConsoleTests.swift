import AArch64
import Foundation
import HostState
import LoadPlan
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// Where an arm64 purgatory reports: `--serial`, `earlycon=`, stdout-path.
@Suite struct ConsoleTests {
    /// Kind as in Purgatory/aarch64/parameters_aarch64.h, and registers.
    private func console(
        _ request: LoadRequest, _ options: AArch64.Options = .init(), on machine: TemporaryFolder? = nil
    ) throws -> [UInt64?] {
        let parameters = try PurgatoryParameters(Virt.plan(request, options, on: machine?.path ?? Virt.sysroot))
        return [parameters[PurgatoryAArch64.uartKind], parameters[PurgatoryAArch64.uart]]
    }

    private func options(serial: String, _ device: SerialDevice? = nil) -> AArch64.Options {
        var options = AArch64.Options()
        options.serialName = serial
        options.serialDevice = device
        return options
    }

    /// QEMU's virt machine names its PL011 at 0x9000000 by stdout-path (dtc shows it in the fixture).
    @Test func standardOutputOfTheTree() throws {
        #expect(try console(Virt.request()) == [1, 0x900_0000])
    }

    /// Documentation/admin-guide/kernel-parameters.txt
    @Test(
        arguments: [
            ("pl011,0x1c090000", [1, 0x1c09_0000]), ("pl011,mmio32,0x1c090000", [1, 0x1c09_0000]),
            ("uart8250,mmio32,0xfe215040", [2, 0xfe21_5040]), ("uart,mmio,0xfe215040,115200n8", [3, 0xfe21_5040]),
        ] as [(String, [UInt64])]) func earlycon(_ text: String, _ expected: [UInt64]) throws
    {
        #expect(try console(Virt.request(commandLine: "earlycon=\(text)")) == expected)
        #expect(try console(Virt.request(commandLine: "earlycon=pl011,0x1000"), options(serial: text)) == expected)
    }

    /// PORT_AMBA is 32, PORT_16550A 4 (include/uapi/linux/serial_core.h).
    @Test(
        arguments: [
            (SerialDevice(type: 32, registers: 0x1000, registerShift: 0), [1, 0x1000]),
            (SerialDevice(type: 4, registers: 0x1000, registerShift: 2), [2, 0x1000]),
            (SerialDevice(type: 4, registers: 0x1000, registerShift: 0), [3, 0x1000]),
        ] as [(SerialDevice, [UInt64])]) func terminals(_ device: SerialDevice, _ expected: [UInt64]) throws
    {
        #expect(try console(Virt.request(), options(serial: "ttyX0", device)) == expected)
    }

    @Test(
        arguments: [
            nil, SerialDevice(type: 4, registers: 0, registerShift: 0), SerialDevice(type: 4, registers: 0x1000, registerShift: 1),
            SerialDevice(type: 58, registers: 0x1000, registerShift: 0),
        ] as [SerialDevice?]) func noSuchPort(_ device: SerialDevice?) throws
    {
        let error = #expect(throws: PlanError.self) { try Virt.plan(Virt.request(), options(serial: "ttyX0", device)) }
        #expect(error?.description.hasPrefix("--serial=ttyX0: ") == true)
    }

    /// Purgatory maps 48 bits of addresses.
    @Test func beyondTheMap() throws {
        #expect(try console(Virt.request(), options(serial: "pl011,0xfffffffffffc")) == [1, 0xffff_ffff_fffc])
        #expect(throws: PlanError.self) { try Virt.plan(Virt.request(), options(serial: "pl011,0x1000000000000")) }
    }

    @Test func nowhereToReport() throws {
        let machine = try Virt.changed { folder in
            // The property gets another name of the same length.
            var tree = Data(try folder.read("sys/firmware/fdt"))
            let name = try #require(tree.range(of: Data("stdout-path".utf8)))
            tree.replaceSubrange(name, with: Data("stdout-else".utf8))
            try folder.write(Array(tree), to: "sys/firmware/fdt")
        }
        #expect(try console(Virt.request(), on: machine) == [0, 0])
        #expect(
            try Virt.plan(Virt.request(), on: machine.path).warnings.contains { $0.contains("cannot report a failed check (see --serial)") }
        )
    }

    // MARK: - Behind buses

    /// Its tree with text replaced, compiled anew.
    private func machine(_ case: ReportedCase, _ changes: [(String, String)]) throws -> TemporaryFolder {
        let machine = try `case`.machine()
        var text = try Tool.dtc.text(["-q", "-I", "dtb", "-O", "dts", "-"], input: machine.read("sys/firmware/fdt"))
        for (old, new) in changes {
            try #require(text.contains(old), "\(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        try machine.write(Tool.dtc.output(["-q", "-f", "-I", "dts", "-O", "dtb", "-"], input: Array(text.utf8)), to: "sys/firmware/fdt")
        return machine
    }

    private func warnings(on machine: TemporaryFolder) throws -> [String] { try Virt.plan(Virt.request(), on: machine.path).warnings }

    /// 0x512000 of a bus at 0xf0000000.
    @Test func behindABus() throws { #expect(try console(Virt.request(), on: ReportedCase.uartBehindBus.machine())[1] == 0xf051_2000) }

    /// The SBSA's generic UART, an offset within the device's registers, the older name of the property.
    @Test(
        .enabled(if: Tool.dtc.isAvailable, "dtc is not installed"),
        arguments: [
            ("\"snps,dw-apb-uart\"", "\"arm,sbsa-uart\"", [1, 0xf051_2000]),
            ("\"snps,dw-apb-uart\";", "\"ns16550a\"; reg-offset = <0x40>;", [2, 0xf051_2040]),
            ("\tstdout-path", "\tlinux,stdout-path", [nil, 0xf051_2000]),
            ("serial@512000\";", "serial@512000:115200n8\";", [nil, 0xf051_2000]),
        ] as [(String, String, [UInt64?])]) func formsOfTheConsole(_ old: String, _ new: String, _ expected: [UInt64?]) throws
    {
        let found = try console(Virt.request(), on: machine(.uartBehindBus, [(old, new)]))
        #expect(found[1] == expected[1])
        if let kind = expected[0] { #expect(found[0] == kind) }
    }

    /// No UART is better than one at a wrong address, and a tree that says too little of one no reason to load nothing.
    @Test(
        .enabled(if: Tool.dtc.isAvailable, "dtc is not installed"),
        arguments: [
            ("ranges = <0x00 0x00 0xf0000000 0x1000000>;", "", "whose address no bus above it translates"),
            (
                "ranges = <0x00 0x00 0xf0000000 0x1000000>;", "ranges = <0x00 0x00 0xf0000000 0x1000>;",
                "whose address no bus above it translates"
            ),
            ("ranges = <0x00 0x00 0xf0000000 0x1000000>;", "ranges = <0x00 0x00 0xf0000000>;", "whose address no bus above it translates"),
            ("ranges = <0x00 0x00 0xf0000000 0x1000000>;", "ranges = <0x00 0x10000 0x00 0x1000000>;", "where purgatory cannot reach it"),
            ("\"snps,dw-apb-uart\"", "\"none,such\"", "names no UART that purgatory knows"),
            ("serial@512000\";", "serial@1\";", "names no device"),
            ("reg = <0x512000 0x100>;", "reg = <0x512000>;", "whose address no bus above it translates"),
        ]) func noUsableAddress(_ old: String, _ new: String, _ reason: String) throws
    {
        let machine = try machine(.uartBehindBus, [(old, new)])
        #expect(try console(Virt.request(), on: machine) == [0, 0])
        let warnings = try warnings(on: machine)
        #expect(warnings.contains { $0.contains(reason) && $0.hasSuffix("purgatory cannot report a failed check (see --serial)") })
    }

    /// Read by words at an odd address it would raise an exception, in place of the report.
    @Test func unaligned() throws {
        #expect(throws: PlanError.self) { try console(Virt.request(), options(serial: "pl011,0x9000002")) }
    }
}

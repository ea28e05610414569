import Foundation
import HostState
import Purgatory
import TestSupport
import Testing

/// Options that mean something on arm64 alone, or something else there.
struct AArch64OptionTests {
    private let bench: Bench

    init() throws { bench = try Bench(.aarch64) }

    private func complaint(_ arguments: [String], on machine: TemporaryFolder? = nil) throws -> String {
        let result = try bench.run(arguments, on: machine)
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        return result.complaint ?? "not one line: \(result.errors)"
    }

    /// One parameter of purgatory changes and nothing else, but for the checksums in its record.
    @Test func purgatoryCache() throws {
        let on = try bench.plan([]).segments
        let off = try bench.plan(["--purgatory-cache=off"]).segments
        #expect(try bench.plan(["--purgatory-cache=on"]).segments == on)
        let (with, without) = (try #require(on["purgatory"]), try #require(off["purgatory"]))
        let record = PurgatoryAArch64.record.offset..<PurgatoryAArch64.record.offset + 736
        let changed = with.indices.filter { with[$0] != without[$0] && !record.contains($0) }
        #expect(changed.map { [with[$0], without[$0]] } == [[1, 0]])
        for role in ["kernel", "fdt", "elfcorehdr"] { #expect(on[role] == off[role]) }
    }

    /// As the kernel shows QEMU's PL011.
    private func machineWithTerminals() throws -> TemporaryFolder {
        let machine = try RecordedMachine.aarch64.copy()
        let terminals = ["ttyAMA1": ("0x9040000", "0", "32"), "ttyS7": ("0xFE215040", "2", "4"), "ttyS8": ("0x0", "0", "0")]
        for (name, (base, shift, type)) in terminals {
            try machine.write("\(base)\n", to: "sys/class/tty/\(name)/iomem_base")
            try machine.write("\(shift)\n", to: "sys/class/tty/\(name)/iomem_reg_shift")
            try machine.write("\(type)\n", to: "sys/class/tty/\(name)/type")
        }
        return machine
    }

    private func holds(_ bytes: [UInt8]?, _ address: UInt64) -> Bool {
        let wanted = Data((0..<8).map { UInt8(truncatingIfNeeded: address >> ($0 * 8)) })
        return Data(bytes ?? []).range(of: wanted) != nil
    }

    @Test func serial() throws {
        let machine = try machineWithTerminals()
        #expect(holds(try bench.plan([], on: machine).segments["purgatory"], 0x900_0000))
        for (name, address) in [("ttyAMA1", 0x904_0000), ("ttyS7", 0xfe21_5040), ("pl011,0x1c090000", 0x1c09_0000)] as [(String, UInt64)] {
            let purgatory = try bench.plan(["--serial=\(name)", "--append=earlycon=pl011,0x7000000"], on: machine).segments["purgatory"]
            #expect(holds(purgatory, address), "\(name)")
            #expect(!holds(purgatory, 0x900_0000) && !holds(purgatory, 0x700_0000), "\(name)")
        }
    }

    @Test(arguments: ["ttyS0", "ttyS8", "ttyAMA9", "", ".", "..", "../tty/ttyAMA1", "ttyAMA1/", "0x9040000", "pl011", "pl011,zzz"])
    func portsThatAreNotThere(_ name: String) throws {
        let said = try complaint(["--serial=\(name)"], on: machineWithTerminals())
        #expect(said.hasPrefix("--serial=\(name): "))
        #expect(said.contains("pl011,0x9000000"))
    }

    @Test func garbledTerminal() throws {
        let machine = try machineWithTerminals()
        try machine.write("nine\n", to: "sys/class/tty/ttyAMA1/iomem_base")
        #expect(try complaint(["--serial=ttyAMA1"], on: machine).contains("iomem_base"))
    }

    /// A snapshot has what --serial looks at.
    @Test func aSnapshotHasTheTerminals() throws {
        let machine = try machineWithTerminals()
        let folder = try TemporaryFolder()
        try Snapshot.write(from: SystemRoot(machine.path), to: folder.path)
        #expect(try bench.plan(["--serial=ttyAMA1"], on: folder).segments == bench.plan(["--serial=ttyAMA1"], on: machine).segments)
    }

    // MARK: - The device tree

    @Test func givenByTheUser() throws {
        var tree = Data(try RecordedMachine.aarch64.bytes("sysroot/sys/firmware/fdt"))
        let place = try #require(tree.range(of: Data("linux,dummy-virt".utf8)))
        tree.replaceSubrange(place, with: Data("linux,other-virt".utf8))
        let file = try bench.file(Array(tree), "board.dtb")
        func isTheOther(_ blob: [UInt8]?) -> Bool { Data(blob ?? []).range(of: Data("linux,other-virt".utf8)) != nil }
        #expect(isTheOther(try bench.plan(["--dtb=\(file)"]).segments["fdt"]))
        #expect(!isTheOther(try bench.plan([]).segments["fdt"]))
        #expect(try complaint(["--dtb=/nonexistent/board.dtb"]).contains("No such file"))
        for length in [0, 39, 100, 5000] {
            let cut = try bench.file(Array(tree.prefix(length)), "cut.dtb")
            #expect(try complaint(["--dtb=\(cut)"]).contains("device tree"), "\(length)")
        }
    }

    /// Machines that keep it in /proc alone.
    @Test(.enabled(if: Tool.fdtget.isAvailable, "fdtget is not installed")) func ofTheProcFolder() throws {
        let machine = try RecordedMachine.aarch64.copy()
        try machine.remove("sys/firmware/fdt")
        for name in ["#address-cells", "#size-cells"] { try machine.write([0, 0, 0, 2], to: "proc/device-tree/\(name)") }
        try machine.write("a,board\0", to: "proc/device-tree/compatible")
        try machine.write("hvc\0", to: "proc/device-tree/psci/method")
        let fdt = try bench.file(try #require(try bench.plan(["--on-mismatch=reset"], on: machine).segments["fdt"]), "fdt")
        #expect(try Tool.fdtget.text([fdt, "/", "compatible"]) == "a,board\n")
        #expect(try Tool.fdtget.text(["-t", "x", fdt, "/chosen", "linux,usable-memory-range"]) == "0 99a00000 0 20000000\n")
    }

    /// On a machine with ACPI the EFI stub makes a tree with nothing but /chosen, in older kernels without cell sizes.
    @Test(
        .enabled(if: Tool.dtc.isAvailable && Tool.fdtget.isAvailable, "dtc is not installed"),
        arguments: ["", "#address-cells = <2>; #size-cells = <2>;"])
    func ofTheEFIStub(_ cells: String) throws {
        let machine = try RecordedMachine.aarch64.copy()
        let source = "/dts-v1/; / { \(cells) chosen { linux,uefi-system-table = <0x1 0x3f0018>; kaslr-seed = <0 0>; }; };"
        try machine.write(try Tool.dtc.output(["-q", "-I", "dts", "-O", "dtb", "-"], input: Array(source.utf8)), to: "sys/firmware/fdt")
        let fdt = try bench.file(try #require(try bench.plan(["--append=earlycon=pl011,0x9000000"], on: machine).segments["fdt"]), "fdt")
        func value(_ node: String, _ name: String) throws -> String { try Tool.fdtget.text(["-t", "x", fdt, node, name]) }
        #expect(try value("/", "#address-cells") == "2\n" && value("/", "#size-cells") == "2\n")
        #expect(try value("/chosen", "linux,uefi-system-table") == "1 3f0018\n")
        #expect(try value("/chosen", "linux,usable-memory-range") == "0 99a00000 0 20000000\n")
        #expect(try value("/chosen", "kaslr-seed") == "a5a5a5a5 a5a5a5a5\n")
        #expect(try complaint(["--on-mismatch=reset"], on: machine).contains("PSCI"))
    }

    // MARK: - EFI

    /// What the EFI stub writes into /chosen.
    private static let efi = [
        "linux,uefi-system-table", "linux,uefi-mmap-start", "linux,uefi-mmap-size", "linux,uefi-mmap-desc-size",
        "linux,uefi-mmap-desc-ver", "linux,uefi-secure-boot",
    ]

    private func machineWithEFI(memory: String) throws -> TemporaryFolder {
        let machine = try RecordedMachine.aarch64.copy()
        let chosen = Self.efi.map { "\($0) = <0x1>;" }.joined(separator: " ")
        let source = "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; \(memory) chosen { \(chosen) linux,other = <1>; }; };"
        try machine.write(try Tool.dtc.output(["-q", "-I", "dts", "-O", "dtb", "-"], input: Array(source.utf8)), to: "sys/firmware/fdt")
        return machine
    }

    private static let memory = "memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x80000000>; };"

    @Test(.enabled(if: Tool.dtc.isAvailable && Tool.fdtget.isAvailable, "dtc is not installed"), arguments: [[], ["--noefi"]])
    func withoutEFI(_ option: [String]) throws {
        let machine = try machineWithEFI(memory: Self.memory)
        let plan = try bench.plan(option + ["--append=earlycon=pl011,0x9000000"], on: machine)
        let fdt = try bench.file(try #require(plan.segments["fdt"]), "fdt-\(option.count)")
        let properties = try Tool.fdtget.text(["-p", fdt, "/chosen"]).split(separator: "\n").map(String.init)
        #expect(Set(properties).intersection(Self.efi) == (option.isEmpty ? Set(Self.efi) : []))
        #expect(properties.contains("linux,other") && properties.contains("linux,usable-memory-range"))
    }

    /// The stub takes the memory out of the tree: without EFI nothing would be left.
    @Test(.enabled(if: Tool.dtc.isAvailable, "dtc is not installed")) func noMemoryWithoutEFI() throws {
        let machine = try machineWithEFI(memory: "")
        #expect(try complaint(["--noefi"], on: machine).hasPrefix("--noefi: the device tree names no memory"))
        _ = try bench.plan(["--append=earlycon=pl011,0x9000000"], on: machine)
    }
}

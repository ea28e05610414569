import HostState
import SystemPackage
import TestSupport
import Testing

/// Each file in each form that it must not have: the error names the file and the line.
@Suite struct GarbledFileTests {
    private func expect(_ kind: HostStateError.Place.Kind, _ name: String, _ text: String, line: Int? = nil, saying: String = "") throws {
        let machine = try Fixture.efi.copy()
        try machine.write(text, to: name)
        let error = #expect(throws: HostStateError.self, "\(name): '\(text)'") { try HostState.read(SystemRoot(machine.path)) }
        #expect(error?.place == .init(kind: kind, path: machine.file(name), line: line), "\(name): '\(text)'")
        let said = error?.description ?? ""
        #expect(said.hasPrefix(machine.file(name).string) && said.contains(saying), "\(said)")
    }

    private func expectGarbled(_ name: String, _ text: String, line: Int = 1) throws {
        try expect(.garbled, name, text, line: line, saying: "line \(line)")
    }

    @Test(arguments: [
        "", "\n", "1024", "61dc4000", "61dc4000 1024 1", "61dc4000 0", "0xg 1024", "ffffffffffffffff 2", "61dc4000 10000000000000000",
        "-1 1024",
    ])
    func vmcoreinfo(_ text: String) throws { try expectGarbled("sys/kernel/vmcoreinfo", text) }

    @Test(arguments: ["", "x", "0xx", "7e23d800 7e23d800", "10000000000000000", "-1"])
    func crashNotes(_ text: String) throws { try expectGarbled("sys/devices/system/cpu/cpu1/crash_notes", text) }

    @Test(arguments: ["", "0x170", "368 bytes", "18446744073709551616", "-368"])
    func crashNotesSize(_ text: String) throws { try expectGarbled("sys/devices/system/cpu/cpu1/crash_notes_size", text) }

    @Test(arguments: ["0", "18446744073709551615"])
    func crashNotesThatAreNoRange(_ size: String) throws {
        let machine = try Fixture.efi.copy()
        try machine.write(size, to: "sys/devices/system/cpu/cpu1/crash_notes_size")
        let error = #expect(throws: HostStateError.self) { try HostState.read(SystemRoot(machine.path)) }
        #expect(error?.place == .init(kind: .contradiction, path: machine.file("sys/devices/system/cpu/cpu1/crash_notes")))
    }

    @Test(arguments: ["", "x", "1-0", "0-99999999"]) func possibleCPUs(_ text: String) throws {
        try expectGarbled("sys/devices/system/cpu/possible", text)
    }

    @Test(arguments: ["", "917616 bytes", "0xe0070", "99999999999999999999"]) func capacity(_ text: String) throws {
        try expectGarbled("sys/kernel/crash_elfcorehdr_size", text)
    }

    @Test(arguments: [
        ("MemTotal:\n", 1), ("MemFree: 1 kB\nMemTotal: x kB\n", 2), ("MemTotal: -1 kB\n", 1),
        ("A: 1\nB: 2\nMemTotal: 18014398509481984 kB\n", 3),
    ])
    func meminfo(_ text: String, line: Int) throws { try expectGarbled("proc/meminfo", text, line: line) }

    @Test(arguments: [
        ("ACPI20\n", 1), ("ACPI20=0x1\nACPI=zz\n", 2), ("ACPI20=0x1\n\nACPI=0x1\n", 2), ("ACPI=\n", 1),
        ("ACPI=0x10000000000000000\n", 1),
    ])
    func systab(_ text: String, line: Int) throws { try expectGarbled("sys/firmware/efi/systab", text, line: line) }

    @Test(arguments: ["fw_vendor", "runtime", "config_table", "runtime-map/3/type", "runtime-map/3/attribute", "runtime-map/5/phys_addr"])
    func efi(_ name: String) throws {
        for text in ["", "x", "0x", "0x10000000000000000", "0x1 0x2"] { try expectGarbled("sys/firmware/efi/\(name)", text) }
    }

    @Test(arguments: [
        ("100000000\n", 1), ("100000000-10c7fffff\n10c800000-100000000\n", 2), ("100000000-10c7fffff-1\n", 1),
        ("0-ffffffffffffffff\n", 1), ("1-2 : x\n", 1),
    ])
    func crashCMARanges(_ text: String, line: Int) throws { try expectGarbled("sys/kernel/kexec/crash_cma_ranges", text, line: line) }

    @Test(arguments: [0, 1, 4095, 4097, 8192]) func bootParameters(_ size: Int) throws {
        try expect(.contradiction, "sys/kernel/boot_params/data", String(repeating: "a", count: size), saying: "\(size) bytes")
    }

    @Test func kcore() throws {
        let whole = try Fixture.efi.bytes("proc/kcore")
        let machine = try Fixture.efi.copy()
        // 18 program headers behind the ELF header.
        let table = 64 + 18 * 56
        for length in 0..<table where length <= 64 || length % 13 == 0 || length == table - 1 {
            try machine.write(Array(whole[..<length]), to: "proc/kcore")
            let error = #expect(throws: HostStateError.self, "\(length) bytes") { try HostState.read(SystemRoot(machine.path)) }
            #expect(error?.place == .init(kind: .contradiction, path: machine.file("proc/kcore")), "\(length) bytes")
        }
        try machine.write(Array(whole[..<table]), to: "proc/kcore")
        #expect(try HostState.read(SystemRoot(machine.path)).kernelCore?.loads.count == 17)
    }

    @Test func missingParts() throws {
        for name in ["sys/firmware/efi/runtime-map/2/num_pages", "sys/devices/system/cpu/cpu0/crash_notes_size", "proc/iomem"] {
            let machine = try Fixture.efi.copy()
            try machine.remove(name)
            let error = #expect(throws: HostStateError.self) { try HostState.read(SystemRoot(machine.path)) }
            #expect(error?.place == .init(kind: .missing, path: machine.file(name)))
        }
    }

    /// An error is one line, whatever the file holds.
    @Test(arguments: [
        "sys/kernel/vmcoreinfo", "sys/kernel/crash_elfcorehdr_size", "sys/devices/system/cpu/possible",
        "sys/devices/system/cpu/cpu0/crash_notes",
    ])
    func errorsAreOneLine(_ name: String) throws {
        let machine = try Fixture.bios.copy()
        try machine.write("x\ny\u{1b}[2Jz\r\n", to: name)
        let error = #expect(throws: HostStateError.self) { try HostState.read(SystemRoot(machine.path)) }
        let text = error?.description ?? "\n"
        #expect(text.utf8.allSatisfy { $0 >= 0x20 }, "\(text.debugDescription)")
    }

    /// A folder where a file should be.
    @Test func foldersInstead() throws {
        let machine = try Fixture.bios.copy()
        try machine.remove("proc/iomem")
        try machine.write("", to: "proc/iomem/file")
        #expect(throws: HostStateError.file(.isDirectory(machine.file("proc/iomem")))) { try HostState.read(SystemRoot(machine.path)) }
    }

    /// Any file of a machine overwritten by anything: an error or a state, never a trap.
    @Test(arguments: Fixture.allCases) func randomDamage(_ fixture: Fixture) throws {
        let machine = try fixture.copy()
        let names = machine.allFiles().filter { !$0.contains("memmap") }
        var generator = SeededGenerator(seed: 3)
        for name in names {
            let whole = try machine.read(name)
            for _ in 0..<3 {
                var bytes = whole
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes = generator.bytes(Int.random(in: 0...5000, using: &generator))
                case 1: bytes = Array("\(generator.hostileNumber())\n".utf8)
                default:
                    for _ in 0..<4 where !bytes.isEmpty {
                        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8(truncatingIfNeeded: generator.next())
                    }
                }
                try machine.write(bytes, to: name)
                _ = try? HostState.read(SystemRoot(machine.path))
            }
            try machine.write(whole, to: name)
        }
        #expect(throws: Never.self) { try HostState.read(SystemRoot(machine.path)) }
    }
}

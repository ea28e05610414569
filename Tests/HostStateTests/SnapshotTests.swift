import DeviceTree
import Foundation
import HostState
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

@Suite struct SnapshotTests {
    private func snapshot(_ source: FilePath) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try Snapshot.write(from: SystemRoot(source), to: folder.path)
        return folder
    }

    @Test(arguments: Fixture.allCases) func readsBackAsTheMachine(_ fixture: Fixture) throws {
        let recorded = try snapshot(fixture.sysroot)
        let before = try HostState.read(SystemRoot(fixture.sysroot))
        let after = try HostState.read(SystemRoot(recorded.path))
        #expect(after.dumpedRAM == before.dumpedRAM)
        #expect(after.crashRegions == before.crashRegions)
        #expect(after.crashNotes == before.crashNotes)
        #expect(after.vmcoreinfo == before.vmcoreinfo)
        #expect(after.kernelCore?.machine == before.kernelCore?.machine)
        #expect(after.kernelCore?.loads == before.kernelCore?.loads)
        #expect(after.elfcorehdrCapacity == before.elfcorehdrCapacity)
        #expect(after.commandLine == before.commandLine)
        #expect(after.release == before.release)
        #expect(after.totalMemory == before.totalMemory)
        #expect((after.efi == nil) == (before.efi == nil))
        #expect(after.efi?.vendor == before.efi?.vendor)
        #expect(after.efi?.runtime == before.efi?.runtime)
        #expect(after.efi?.configTable == before.efi?.configTable)
        #expect(after.efiTables == before.efiTables)
        #expect(after.efi?.runtimeMap == before.efi?.runtimeMap)
        for name in ["Kernel code", "Reserved", "ACPI Tables", "ACPI Non-volatile Storage"] {
            #expect(after.ioMemory.ranges(named: name) == before.ioMemory.ranges(named: name), "\(name)")
        }
        #expect(KexecFiles(after.root).crashImageLoaded.value == 0)
        for name in ["cpu", "memory"].map({ "sys/devices/system/\($0)/crash_hotplug" }) {
            #expect(try recorded.read(name) == fixture.bytes(name))
        }
        // The firmware's map, though no x86 plan reads it.
        let memmap = try filesBelow(fixture.sysroot.appending("sys/firmware/memmap"))
        #expect(memmap.count > 10)
        for name in memmap { #expect(try recorded.read("sys/firmware/memmap/\(name)") == fixture.bytes("sys/firmware/memmap/\(name)")) }
    }

    /// Of a snapshot, the snapshot is the same: nothing is lost on the way.
    @Test(arguments: Fixture.allCases) func ofASnapshot(_ fixture: Fixture) throws {
        let first = try snapshot(fixture.sysroot)
        let second = try snapshot(first.path)
        #expect(first.allFiles() == second.allFiles())
        for name in first.allFiles() { #expect(try first.read(name) == second.read(name), "\(name)") }
    }

    @Test(arguments: Fixture.allCases) func onlyTheOwnerReadsIt(_ fixture: Fixture) throws {
        let recorded = try snapshot(fixture.sysroot)
        #expect(recorded.allFiles().count > 20)
        for name in recorded.allFiles() { #expect(try recorded.mode(name) == 0o600, "\(name)") }
    }

    /// What the machine has besides stays with it.
    @Test(arguments: Fixture.allCases) func nothingElseIsTaken(_ fixture: Fixture) throws {
        let machine = try fixture.copy()
        let secret = "a secret of this machine"
        for name in [
            "proc/kallsyms", "proc/mounts", "proc/cpuinfo", "sys/class/dmi/id/product_serial", "sys/kernel/notes",
            "sys/devices/system/cpu/cpu0/topology/core_id", "sys/firmware/efi/efivars/SecureBoot", "sys/firmware/memmap/0/uevent",
            "sys/firmware/efi/runtime-map/0/uevent", "sys/devices/system/cpu/cpu7/crash_notes",
        ] { try machine.write(secret, to: name) }
        try machine.write(fixture.bytes("proc/meminfo") + Array("Secret: \(secret)\n".utf8), to: "proc/meminfo")
        try machine.write(fixture.bytes("proc/kcore") + Array(secret.utf8), to: "proc/kcore")
        let recorded = try snapshot(machine.path)
        for name in recorded.allFiles() { #expect(try recorded.read(name).places(of: Array(secret.utf8)).isEmpty, "\(name)") }
        #expect(String(decoding: try recorded.read("proc/meminfo"), as: UTF8.self).split(separator: "\n").count == 1)
        // The documented list of contents names a path or a folder of each file.
        let documented = Snapshot.contents.split(separator: "\n").filter { !$0.hasPrefix(" ") }
            .flatMap { $0.prefix(27).split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
        for name in recorded.allFiles() { #expect(documented.contains { name.hasPrefix($0) }, "\(name)") }
    }

    /// /proc/kcore begins with the registers of the running tasks, behind the program headers.
    @Test(arguments: Fixture.allCases) func ofKcoreTheHeadersOnly(_ fixture: Fixture) throws {
        let recorded = try snapshot(fixture.sysroot).read("proc/kcore")
        let table = try #require(CoreProgramHeader.table(of: recorded))
        #expect(recorded.count == 64 + table.count * 56)
        #expect(table == CoreProgramHeader.table(of: try fixture.bytes("proc/kcore"))?.filter { $0.type == 1 })
    }

    @Test(arguments: Fixture.allCases) func noDevices(_ fixture: Fixture) throws {
        let lines = String(decoding: try snapshot(fixture.sysroot).read("proc/iomem"), as: UTF8.self).split(separator: "\n")
        let names = Set(lines.compactMap { $0.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) })
        #expect(
            names.isSubset(of: [
                "System RAM", "Reserved", "ACPI Tables", "ACPI Non-volatile Storage", "Kernel code", "Kernel rodata", "Kernel data",
                "Kernel bss", "Crash kernel",
            ]), "\(names)")
        #expect(names.isSuperset(of: ["System RAM", "Crash kernel", "Kernel code", "Reserved"]))
    }

    /// boot_params holds the boot loader's addresses, what the BIOS told of power management, and more.
    @Test(.enabled(if: CHeaders.haveBootParams)) func ofBootParamsTheDocumentedFieldsOnly() throws {
        let machine = try Fixture.efi.copy()
        try machine.write([UInt8](repeating: 0xa5, count: 4096), to: "sys/kernel/boot_params/data")
        let recorded = try snapshot(machine.path).read("sys/kernel/boot_params/data")
        let kept = try [
            "screen_info", "acpi_rsdp_addr", "efi_info", "secure_boot", "hdr.hardware_subarch", "hdr.hardware_subarch_data",
            "eddbuf_entries", "edd_mbr_sig_buf_entries", "edd_mbr_sig_buffer", "eddbuf",
        ].map { try #require(CHeaders.field("boot_params", $0)).range }
        #expect(recorded.count == 4096)
        for offset in recorded.indices {
            #expect(recorded[offset] == (kept.contains { $0.contains(offset) } ? 0xa5 : 0), "0x\(String(offset, radix: 16))")
        }
    }

    @Test func newNamesAndCMARangesAreTaken() throws {
        var machine = SyntheticSysroot()
        machine.generation = .newName
        machine.files["sys/kernel/kexec/crash_cma_ranges"] = "100000000-10c7fffff\n"
        machine.files["sys/kernel/kexec/crash_loaded"] = "1\n"
        let folder = try machine.write()
        let recorded = try snapshot(folder.path)
        let after = try HostState.read(SystemRoot(recorded.path))
        #expect(after.elfcorehdrCapacity?.rawValue == 917_616)
        #expect(after.crashCMARanges.count == 1)
        #expect(KexecFiles(after.root).crashImageLoaded.value == 1)
    }

    @Test func aMachineThatCannotBeReadIsNotRecorded() throws {
        let machine = try Fixture.bios.copy()
        try machine.write("garbage\n", to: "sys/kernel/vmcoreinfo")
        let folder = try TemporaryFolder()
        #expect(throws: HostStateError.self) { try Snapshot.write(from: SystemRoot(machine.path), to: folder.path) }
        #expect(folder.allFiles().isEmpty)
    }

    /// The names of the files below a folder.
    private func filesBelow(_ path: FilePath) throws -> [String] {
        try #require(FileManager.default.enumerator(atPath: path.string)).compactMap { $0 as? String }.filter { $0.contains("/") }
    }
}

@Suite struct DeviceTreeSnapshotTests {
    /// A recorded tree is the tree.
    @Test func sameTree() throws {
        let root = SystemRoot(RecordedMachine.ppc64le.sysroot)
        let folder = try TemporaryFolder()
        try Snapshot.write(from: root, to: folder.path)
        let tree = try #require(try DeviceTree.read(root))
        #expect(try DeviceTree.read(SystemRoot(folder.path)) == tree)
        #expect(try folder.read("sys/firmware/fdt") == RecordedMachine.ppc64le.bytes("sysroot/sys/firmware/fdt"))
    }
}

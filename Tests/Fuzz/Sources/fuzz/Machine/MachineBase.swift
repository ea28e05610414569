import HostState
import TestSupport

/// A whole machine that an input may begin with, so that it is no longer than what is different about its own.
enum MachineBase: String, CaseIterable {
    case bios, efi, fadump, ppc64le, aarch64, riscv64

    /// The files that are among `MachineFiles.names`.
    var contents: [String: [UInt8]] { Self.all[self] ?? [:] }

    /// The same where a root is made of them.
    var files: FilesInMemory { Self.allFiles[self] ?? FilesInMemory() }

    private static let allFiles = all.mapValues { contents in
        var files = FilesInMemory()
        for (name, bytes) in contents { files.write(bytes, to: name) }
        return files
    }

    private static let all: [MachineBase: [String: [UInt8]]] = {
        var all: [MachineBase: [String: [UInt8]]] = [:]
        for base in allCases { all[base] = try? base.read() }
        return all
    }()

    private func read() throws -> [String: [UInt8]] {
        let folder =
            switch self {
            case .bios: try Fixture.bios.copy()
            case .efi: try Fixture.efi.copy()
            case .fadump: try Self.withFadump.write()
            case .ppc64le: try RecordedMachine.ppc64le.copy()
            case .aarch64: try RecordedMachine.aarch64.copy()
            case .riscv64: try RecordedMachine.riscv64.copy()
            }
        var contents: [String: [UInt8]] = [:]
        for name in folder.allFiles() where MachineFiles.names.contains(name) { contents[name] = try folder.read(name) }
        // No ppc64le plan reads it, and it is the longest of all.
        if self == .ppc64le { contents["sys/firmware/fdt"] = nil }
        return contents
    }

    private static let withFadump: SyntheticSysroot = {
        var machine = SyntheticSysroot()
        for (name, text) in [
            ("fadump/enabled", "1\n"), ("fadump/registered", "1\n"), ("fadump/mem_reserved", "268435456\n"),
            ("security/lockdown", "[none] integrity confidentiality\n"), ("kexec/crash_cma_ranges", "100000000-10c7fffff\n"),
        ] { machine.files["sys/kernel/\(name)"] = text }
        return machine
    }()
}

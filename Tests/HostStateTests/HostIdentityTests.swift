import HostState
import SystemPackage
import TestSupport
import Testing

@Suite struct HostIdentityTests {
    @Test(arguments: [
        ("Linux version 6.12.107+deb13-cloud-amd64 (x@y) z\n", "Linux version 6.12.107+deb13-cloud-amd64 "),
        ("Linux version 7.2 (x)", "Linux version 7.2 "), ("Linux version 7.2", nil), ("", nil), ("one two three four", "one two three "),
    ])
    func release(_ version: String, _ expected: String?) throws {
        var machine = SyntheticSysroot()
        machine.files["proc/version"] = version
        let folder = try machine.write()
        let identity = try HostState.read(SystemRoot(folder.path)).identity
        #expect(identity.versionUpToRelease == expected.map { Array($0.utf8) })
    }

    @Test func wordForWord() throws {
        var machine = SyntheticSysroot()
        machine.files["proc/sys/kernel/random/boot_id"] = "a boot\n"
        let folder = try machine.write()
        let identity = try HostState.read(SystemRoot(folder.path)).identity
        #expect(identity.bootID == Array("a boot\n".utf8))
        #expect(try identity.vmcoreinfo == folder.read("sys/kernel/vmcoreinfo"))
        #expect(try identity.version == folder.read("proc/version"))
        #expect(identity.possibleCPUs == Array("0,1\n".utf8))
        #expect(try HostState.read(SystemRoot(folder.path)).crashNotes.map(\.text) == [Array("3d800000".utf8), Array("3d900000".utf8)])
    }

    /// A snapshot is not of one boot alone.
    @Test func aSnapshotHasNoBoot() throws {
        var machine = SyntheticSysroot()
        machine.files["proc/sys/kernel/random/boot_id"] = "a boot\n"
        let folder = try machine.write()
        let recorded = try TemporaryFolder()
        try Snapshot.write(from: SystemRoot(folder.path), to: recorded.path)
        #expect(try HostState.read(SystemRoot(recorded.path)).identity.bootID == nil)
    }

    /// A line made from a resource is the line that it was read from.
    @Test(arguments: Fixture.allCases) func linesOfMemory(_ fixture: Fixture) throws {
        let lines = String(decoding: try fixture.bytes("proc/iomem"), as: UTF8.self).split(separator: "\n")
        let memory = try HostState.read(SystemRoot(fixture.sysroot)).ioMemory
        #expect(memory.resources.map(\.line) == lines.map { String($0.drop { $0 == " " }) })
    }
}

import KexecSystem
import SystemPackage
import TestSupport
import Testing

/// The write itself, to ordinary files: what the kernel makes of it is another matter.
@Suite struct ControlFileTests {
    @Test func writesToAFileThatIsThere() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("", to: "registered")
        try LinuxSystemCalls().writeControlFile(file, Array("1".utf8))
        #expect(try folder.read("registered") == Array("1".utf8))
    }

    /// A file of /sys is never made.
    @Test func makesNone() throws {
        let folder = try TemporaryFolder()
        #expect(throws: Errno.noSuchFileOrDirectory) { try LinuxSystemCalls().writeControlFile(folder.file("registered"), [0x31]) }
        #expect(throws: Errno.isDirectory) { try LinuxSystemCalls().writeControlFile(folder.path, [0x31]) }
        #expect(folder.allFiles().isEmpty)
    }

    /// The kernel's own answer comes through: /dev/full takes nothing.
    @Test func answersAreTheKernels() {
        #expect(throws: Errno.noSpace) { try LinuxSystemCalls().writeControlFile("/dev/full", [0x31]) }
    }
}

import TestSupport
import Testing

/// -S: 1 when a crash image is loaded, 0 when not, 255 when that cannot be told.
struct StatusTests {
    @Test(arguments: [
        ("sys/kernel/kexec_crash_loaded", "1\n", Int32(1)),
        ("sys/kernel/kexec_crash_loaded", "0\n", 0),
        ("sys/kernel/kexec/crash_loaded", "1\n", 1),
        ("sys/kernel/kexec/crash_loaded", "0\n", 0),
        ("sys/kernel/kexec_crash_loaded", "maybe\n", 255),
        ("sys/kernel/kexec_loaded", "1\n", 255),
    ])
    func status(_ name: String, _ content: String, _ expected: Int32) throws {
        let folder = try TemporaryFolder()
        try folder.write(content, to: name)
        let result = try Command.run(["-S", "--sysroot=\(folder.path.string)"])
        #expect(result.status == expected)
        #expect(result.output.isEmpty)
        #expect((result.complaint != nil) == (expected == 255))
    }

    @Test func theNewerNameIsBelieved() throws {
        let folder = try TemporaryFolder()
        try folder.write("0\n", to: "sys/kernel/kexec_crash_loaded")
        try folder.write("1\n", to: "sys/kernel/kexec/crash_loaded")
        #expect(try Command.run(["-S", "-p", "--sysroot=\(folder.path.string)"]).status == 1)
    }
}

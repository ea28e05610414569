import TestSupport
import Testing

/// kexec-tools: `-e` takes a missing sysfs for "loaded", takes the interfaces down, fails to reboot
/// and leaves the machine without network. In a guest: reboot-6.12.
@Suite("Defect 4: -e without an image, or without /sys")
struct Defect04_ExecuteWithoutSysfs {
    @Test(arguments: [["-e"], ["--exec"], ["-e", "-x"], ["-e", "-y"], ["-e", "-f"]], [nil, "0\n", "", "loaded\n"] as [String?])
    func nothingIsTouched(_ arguments: [String], _ loaded: String?) throws {
        let machine = try TemporaryFolder()
        if let loaded { try machine.write(loaded, to: "sys/kernel/kexec_loaded") }
        let outcome = RecordedCommand.run(arguments, root: machine.path)
        #expect(outcome.recorder.all.isEmpty)
        #expect(outcome.failure?.contains("nothing was done") == true)
    }

    /// A crash image is no image for -e.
    @Test func aCrashImageAlone() throws {
        let machine = try TemporaryFolder()
        try machine.write("1\n", to: "sys/kernel/kexec_crash_loaded")
        #expect(RecordedCommand.run(["-e"], root: machine.path).recorder.all.isEmpty)
    }

    @Test func withAnImage() throws {
        let machine = try TemporaryFolder()
        try machine.write("1\n", to: "sys/kernel/kexec_loaded")
        #expect(RecordedCommand.run(["-e"], root: machine.path).names == ["sync", "interfaces down", "reboot"])
    }
}

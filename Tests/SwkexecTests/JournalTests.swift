import Foundation
import TestSupport
import Testing

@testable import swkexec

/// Lines for a journal, and what a service manager is told, as systemd.exec(5), sd-daemon(3) and sd_notify(3) have them.
struct JournalTests {
    @Test func lines() {
        #expect(Terminal.line("warning: a", .warning, inJournal: false) == "swkexec: warning: a\n")
        #expect(Terminal.line("warning: a", .warning, inJournal: true) == "<4>warning: a\n")
        #expect(Terminal.line("a\nb\u{1b}", .error, inJournal: true) == "<3>a b\\u{1b}\n")
        #expect(Terminal.line("a", .info, inJournal: true) == "<6>a\n")
    }

    /// A load that fails at its first file, with standard error in a file that JOURNAL_STREAM names, or does not.
    private func complaint(_ stream: (stat) -> String?) throws -> String {
        let folder = try TemporaryFolder()
        let file = try folder.write("", to: "errors").string
        var status = stat()
        #expect(unsafe stat(file, &status) == 0)
        var environment = ProcessInfo.processInfo.environment
        environment["JOURNAL_STREAM"] = stream(status)
        let result = try ProgramResult(
            running: "/bin/sh",
            ["-c", "exec \(Command.program.path) -p /nonexistent/kernel --sysroot=\(Fixture.bios.sysroot) -n 2>>\(file)"],
            environment: environment)
        #expect(result.status == 1 && result.errors.isEmpty)
        return String(decoding: try folder.read("errors"), as: UTF8.self)
    }

    @Test func theJournalIsKnownByDeviceAndInode() throws {
        #expect(try complaint { "\($0.st_dev):\($0.st_ino)" }.hasPrefix("<3>/nonexistent/kernel: "))
        for other: (stat) -> String? in [
            { "\($0.st_dev):\($0.st_ino + 1)" }, { "\($0.st_dev + 1):\($0.st_ino)" }, { "\($0.st_ino)" }, { "\($0.st_dev):\($0.st_ino)x" },
            { _ in "" }, { _ in nil },
        ] {
            #expect(try complaint(other).hasPrefix("swkexec: /nonexistent/kernel: "))
        }
    }
}

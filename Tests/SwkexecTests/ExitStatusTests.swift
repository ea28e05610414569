import CommandLineOptions
import Foundation
import TestSupport
import Testing

@testable import swkexec

/// The table EXIT STATUS of swkexec(8): each command, run so that it fails or answers.
struct ExitStatusTests {
    /// A command, and words with which it fails before it does anything.
    private static let failures: [(command: String, arguments: [String])] = [
        ("Fl p", ["-p", "/nonexistent/kernel", "--dry-run"]), ("Fl l", ["-l", "--frobnicate"]), ("Fl f", ["-f"]),
        ("Fl e", ["-e", "vmlinuz"]), ("Fl u", ["-u", "vmlinuz"]), ("Fl S", ["-S", "--frobnicate"]), ("Fl S", ["-pSX"]),
        ("Fl S", ["-p", "--status", "vmlinuz"]), ("Fl S", ["-S", "--sysroot=/nonexistent"]),
        ("Fl -print-ckr-size", ["--print-ckr-size", "vmlinuz"]), ("Fl -load-jump-back-helper", ["--load-jump-back-helper", "-y"]),
        ("Fl -apply", ["--apply=/nonexistent/plan"]), ("Fl -write-applier", ["--write-applier=/nonexistent/file/name"]),
        ("Cm check", ["check", "--frobnicate"]), ("Cm check", ["--frobnicate", "check"]), ("Cm check", ["check", "one", "two"]),
        ("Cm check Fl -format Ns = Ns Cm nagios", ["check", "--format=nagios", "one", "two"]),
        ("Cm check Fl -format Ns = Ns Cm nagios", ["check", "--format", "nagios", "--sysroot=/nonexistent"]),
        ("Cm check", ["check", "--format=xml"]), ("Cm check", ["check", "--sysroot=/nonexistent"]),
        ("Cm inspect", ["inspect", "--frobnicate"]), ("Cm inspect", ["--frobnicate=1", "inspect"]), ("Cm inspect", ["inspect", "-pq"]),
        ("Cm inspect", ["inspect", "word"]), ("Cm inspect", ["inspect", "--sysroot=/nonexistent"]),
        ("Cm snapshot", ["snapshot"]), ("Cm completion", ["completion", "csh"]),
        ("Cm fadump header", ["fadump", "header"]), ("Cm fadump header", ["fadump", "header", "/nonexistent/file"]),
        ("Cm fadump header", ["fadump", "header", "file", "--frobnicate"]),
        ("Cm fadump Ar verb", ["fadump", "frobnicate"]), ("Cm fadump Ar verb", ["fadump", "status", "--sysroot=/nonexistent"]),
        ("Cm fadump Ar verb", ["fadump", "plan"]),
    ]

    /// Command -> what a failure ends with, from the manual.
    private static func table() throws -> [String: Int32] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Man/swkexec.8")
        let section = try #require(try String(contentsOf: file, encoding: .utf8).components(separatedBy: ".Sh EXIT STATUS").last)
        var table: [String: Int32] = [:]
        for line in section.prefix(upTo: section.range(of: ".Sh ")?.lowerBound ?? section.endIndex).split(separator: "\n") {
            guard line.hasPrefix(".It ") else { continue }
            let cells = line.dropFirst(4).components(separatedBy: " Ta").map { $0.trimmingCharacters(in: .whitespaces) }
            if cells.count > 3, let status = Int32(cells[3]) { table[cells[0]] = status }
        }
        return table
    }

    @Test func failuresEndAsTheManualSays() throws {
        let table = try Self.table()
        #expect(Set(table.keys) == Set(Self.failures.map(\.command)))
        for (command, arguments) in Self.failures {
            let result = try Command.run(arguments)
            #expect(result.status == table[command], "\(arguments): \(result.status), \(result.errors)")
            #expect(result.complaint != nil, "\(arguments): \(result.errors)")
        }
    }

    /// A kernel may have the name of a command.
    @Test func wordsBehindAnActionAreKernels() throws {
        for word in ["check", "inspect"] { #expect(try Command.run(["-p", word, "--dry-run", "--frobnicate"]).status == 1) }
        for load in ["-p", "--load-panic", "--load", "--force"] { #expect(FailureStatus.of([load, "inspect"]) == 1) }
        #expect(FailureStatus.of(["-tS"]) == 1)
        #expect(FailureStatus.of(["vmlinuz", "--append=-S"]) == 1)
    }

    /// What is not known is neither yes nor no.
    @Test func answers() throws {
        let empty = try TemporaryFolder()
        let here = "--sysroot=\(empty.path.string)"
        #expect(try Command.run(["-S", here]).status == 255)
        #expect(try Command.run(["inspect", here]).status == 2)
        #expect(try Command.run(["check", here]).status == 1)
        #expect(try Command.run(["fadump", "status", here]).status == 0)
        #expect(try Command.run(["--print-ckr-size", here]).status == 1)
    }

    /// An answer that nobody reads was not given.
    @Test func aFullDisk() throws {
        for (arguments, expected) in [(["check"], Int32(2)), (["--help"], 1), (["fadump", "status"], 1)] {
            let shell = try ProgramResult(
                running: "/bin/sh", ["-c", "\(Command.program.path) \(arguments.joined(separator: " ")) >/dev/full"])
            #expect(shell.status == expected, "\(arguments)")
        }
    }
}

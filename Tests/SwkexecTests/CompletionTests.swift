import Foundation
import TestSupport
import Testing

@testable import swkexec

/// What is committed for shells and in the manual agrees with the option table.
struct CompletionTests {
    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.project.appending(path: name), encoding: .utf8)
    }

    @Test(arguments: [("bash", "swkexec.bash"), ("zsh", "_swkexec"), ("fish", "swkexec.fish")])
    func committedFilesAreWhatTheProgramPrints(_ shell: String, _ file: String) throws {
        let printed = try Command.run(["completion", shell])
        #expect(printed.status == 0)
        #expect(printed.output == (try text("Completions/\(file)")), "run: swkexec completion \(shell) > Completions/\(file)")
    }

    /// The shells themselves, where this machine has them, read what is printed.
    @Test(arguments: [("bash", "swkexec.bash"), ("zsh", "_swkexec"), ("fish", "swkexec.fish")])
    func shellsCanReadThem(_ shell: String, _ file: String) throws {
        let program = Tool(shell)
        guard program.isAvailable else { return }
        _ = try program.output(["-n", Self.project.appending(path: "Completions/\(file)").path])
    }

    @Test func everySpellingIsInEveryCompletion() throws {
        for file in ["swkexec.bash", "_swkexec", "swkexec.fish"] {
            let script = try text("Completions/\(file)")
            for row in OptionTable.rows + OptionTable.fadump {
                for name in row.long { #expect(script.contains(file.hasSuffix("fish") ? "-l \(name) " : "--\(name)"), "\(file): \(name)") }
            }
        }
    }

    @Test func theManualsHaveEveryOption() throws {
        for (name, rows) in [("Man/swkexec.8", OptionTable.rows), ("Man/swkexec-fadump.8", OptionTable.fadump)] {
            let manual = try text(name)
            for row in rows {
                for name in row.long { #expect(manual.contains("Fl -\(name)"), "\(name)") }
                if let short = row.short { #expect(manual.contains("Fl \(short)"), "\(short)") }
            }
        }
    }

    @Test func everyVerbOfFadumpIsTold() throws {
        for file in ["swkexec.bash", "_swkexec", "swkexec.fish"].map({ "Completions/\($0)" }) + ["Man/swkexec-fadump.8"] {
            let script = try text(file)
            for verb in FadumpOptions.Verb.allCases { #expect(script.contains(verb.rawValue), "\(file): \(verb.rawValue)") }
        }
        let help = try Command.run(["fadump", "--help"]).output
        for verb in FadumpOptions.Verb.allCases { #expect(help.contains("\n  \(verb.rawValue) "), "\(verb.rawValue)") }
    }
}

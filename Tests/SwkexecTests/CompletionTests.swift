import Foundation
import CommandLineOptions
import TestSupport
import Testing

@testable import swkexec

/// What is committed for shells and in the manual agrees with the option table. Tests/completions-check.sh has the shells read it.
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

    @Test func everySpellingIsInEveryCompletion() throws {
        for file in ["swkexec.bash", "_swkexec", "swkexec.fish"] {
            let script = try text("Completions/\(file)")
            for row in OptionTable.command.rows + OptionTable.fadump.rows {
                for name in row.long { #expect(script.hasWord(file.hasSuffix("fish") ? "-l \(name)" : "--\(name)"), "\(file): \(name)") }
            }
        }
    }

    @Test func theManualsHaveEveryOption() throws {
        for (name, rows) in [("Man/swkexec.8", OptionTable.command.rows), ("Man/swkexec-fadump.8", OptionTable.fadump.rows)] {
            let manual = try text(name)
            for row in rows {
                for name in row.long { #expect(manual.hasWord("Fl -\(name)"), "\(name)") }
                if let short = row.short { #expect(manual.hasWord("Fl \(short)"), "\(short)") }
            }
        }
    }

    @Test func everyVerbOfFadumpIsTold() throws {
        for file in ["swkexec.bash", "_swkexec", "swkexec.fish"].map({ "Completions/\($0)" }) + ["Man/swkexec-fadump.8"] {
            let script = try text(file)
            for verb in FadumpOptions.Verb.allCases { #expect(script.hasWord(verb.rawValue), "\(file): \(verb.rawValue)") }
        }
        let help = try Command.run(["fadump", "--help"]).output
        for verb in FadumpOptions.Verb.allCases { #expect(help.contains("\n  \(verb.rawValue) "), "\(verb.rawValue)") }
    }
}

extension String {
    /// Whether the words stand there whole: `--load` is not in `--load-panic`.
    func hasWord(_ words: String) -> Bool {
        func isPart(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "-" }
        return ranges(of: words).contains { range in
            let before = range.lowerBound > startIndex ? self[index(before: range.lowerBound)] : " "
            let after = range.upperBound < endIndex ? self[range.upperBound] : " "
            return !isPart(before) && !isPart(after)
        }
    }
}

import CommandLineOptions
import Testing

@testable import swkexec

/// Parser, check and help are made from one table; these hold the table together.
struct OptionTableTests {
    private static let tables = [OptionTable.command, .fadump]

    @Test func everyOptionHasOneRow() {
        for table in Self.tables {
            #expect(Set(table.rows.map(\.id)).count == table.rows.count)
            for row in table.rows { #expect(table[row.id]?.help == row.help) }
        }
    }

    /// An option that nothing takes could never be given.
    @Test func everyOptionMeansSomething() {
        for row in OptionTable.command.rows {
            #expect(!row.actions.isEmpty || row.refusal != nil, "\(row.id.spelling)")
            #expect(!row.calls.isEmpty, "\(row.id.spelling)")
        }
        for row in OptionTable.fadump.rows where ![.help, .version].contains(row.id) { #expect(!row.actions.isEmpty, "\(row.id.spelling)") }
        for verb in FadumpOptions.Verb.allCases { #expect(Action(rawValue: "fadump \(verb.rawValue)") != nil) }
    }

    @Test func noSpellingStandsTwice() {
        for table in Self.tables {
            let long = table.rows.flatMap(\.long)
            #expect(Set(long).count == long.count)
            let short = table.rows.compactMap(\.short)
            #expect(Set(short).count == short.count)
        }
    }

    @Test func theHelpHasEverySpelling() throws {
        try expectHelp(["--help"], OptionTable.command.rows)
        try expectHelp(["fadump", "--help"], OptionTable.fadump.rows)
    }

    private func expectHelp(_ arguments: [String], _ rows: [OptionRow]) throws {
        let help = try Command.run(arguments).output
        for row in rows {
            for name in row.long { #expect(help.hasWord("--\(name)"), "\(name)") }
            if let short = row.short { #expect(help.contains("-\(short),"), "\(short)") }
        }
    }
}

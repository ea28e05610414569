import Testing

@testable import swkexec

/// Parser and help are made from one table; these hold the table together.
struct OptionTableTests {
    @Test func everyOptionHasOneRow() {
        #expect(OptionTable.rows.map(\.id.rawValue).sorted() == OptionID.allCases.map(\.rawValue).sorted())
    }

    @Test func noSpellingStandsTwice() {
        let long = OptionTable.rows.flatMap(\.long)
        #expect(Set(long).count == long.count)
        let short = OptionTable.rows.compactMap(\.short)
        #expect(Set(short).count == short.count)
    }

    @Test func theHelpHasEverySpelling() throws {
        let help = try Command.run(["--help"]).output
        for row in OptionTable.rows {
            for name in row.long { #expect(help.contains("--\(name)"), "\(name)") }
            if let short = row.short { #expect(help.contains("-\(short),"), "\(short)") }
        }
    }
}

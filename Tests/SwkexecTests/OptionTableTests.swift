import Testing

@testable import swkexec

/// Parser and help are made from one table; these hold the table together.
struct OptionTableTests {
    @Test func everyOptionHasOneRow() {
        // What fadump shares with the others has a row in both tables.
        let shared: Set<OptionID> = [.format, .sysroot, .version, .help]
        let ofFadump = OptionTable.fadump.map(\.id).filter { !shared.contains($0) }
        #expect((OptionTable.rows.map(\.id) + ofFadump).map(\.rawValue).sorted() == OptionID.allCases.map(\.rawValue).sorted())
        #expect(Set(OptionTable.fadump.map(\.id)).count == OptionTable.fadump.count)
        #expect(shared.isSubset(of: OptionTable.fadump.map(\.id)))
    }

    /// An option that no verb takes could never be given.
    @Test func everyOptionOfFadumpBelongsToAVerb() {
        let taken = FadumpOptions.Verb.allCases.reduce(into: Set<OptionID>()) { $0.formUnion($1.options) }
        #expect(taken == Set(OptionTable.fadump.map(\.id)).subtracting([.version, .help]))
    }

    @Test func noSpellingStandsTwice() {
        for rows in [OptionTable.rows, OptionTable.fadump] {
            let long = rows.flatMap(\.long)
            #expect(Set(long).count == long.count)
            let short = rows.compactMap(\.short)
            #expect(Set(short).count == short.count)
        }
    }

    @Test func theHelpHasEverySpelling() throws {
        try expectHelp(["--help"], OptionTable.rows)
        try expectHelp(["fadump", "--help"], OptionTable.fadump)
    }

    private func expectHelp(_ arguments: [String], _ rows: [OptionRow]) throws {
        let help = try Command.run(arguments).output
        for row in rows {
            for name in row.long { #expect(help.hasWord("--\(name)"), "\(name)") }
            if let short = row.short { #expect(help.contains("-\(short),"), "\(short)") }
        }
    }
}

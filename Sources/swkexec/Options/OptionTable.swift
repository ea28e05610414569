import CommandLineOptions
import Machines

extension OptionTable {
    /// All options but those of `swkexec fadump`: the command's, and each machine's own.
    static let command = OptionTable(
        common: ActionRows.rows + ContentRows.rows + MannerRows.rows + PlanRows.rows,
        own: Machines.all.map { ($0.name, $0.optionRows) })

    /// The word that chooses the other table, as the first one of the command line.
    static let fadumpWord = "fadump"
    static let fadump = OptionTable(common: FadumpRows.rows)

    /// getopt's string of short options. The colon in front makes it tell a missing argument from
    /// an unknown option.
    var shortOptions: String {
        ":" + rows.map { row in row.short.map { "\($0)\(row.argument == nil ? "" : ":")" } ?? "" }.joined()
    }
}

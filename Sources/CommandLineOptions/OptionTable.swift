/// All options of a command: those of every machine, and each machine's own.
public struct OptionTable: Sendable {
    /// In the order of the help.
    public let rows: [OptionRow]
    /// The machines that an option is for, by their names; nothing for an option of every machine.
    public let machines: [OptionID: [String]]
    private let index: [OptionID: OptionRow]

    /// - Parameter own: the rows that a machine has besides; a row that several machines have stands at each
    public init(common: [OptionRow], own: [(machine: String, rows: [OptionRow])] = []) {
        var machines: [OptionID: [String]] = [:]
        var all = common
        for (machine, rows) in own {
            for row in rows {
                if machines[row.id] == nil { all.append(row) }
                machines[row.id, default: []].append(machine)
            }
        }
        self.machines = machines
        rows = OptionGroup.allCases.flatMap { group in all.filter { $0.group == group } }
        index = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Nil for an option of another command.
    public subscript(id: OptionID) -> OptionRow? { index[id] }

    /// Each part of the help with its options.
    public var groups: [(title: String, rows: [OptionRow])] {
        OptionGroup.allCases.compactMap { group in
            let rows = rows.filter { $0.group == group }
            return rows.isEmpty ? nil : (group.rawValue, rows)
        }
    }
}

/// What becomes of an option where it stands.
public enum OptionVerdict: Sendable {
    /// It does what it says.
    case means
    /// It does nothing and is taken; the sentence says where it would do something.
    case taken(OptionRow.Taken, String)
    /// The sentence says where it means something.
    case refused(String)
}

/// Decides whether an option means something: for all of them, with one sentence for all that do not.
public struct OptionCheck: Sendable {
    /// What the command line does.
    public let action: Action
    /// The machine that is planned for; nil where none is.
    public let machine: String?
    /// The calls that may be made; of a load alone.
    public let calls: Set<LoadCall>
    /// What stands on the command line.
    public let given: Set<OptionID>
    /// The options that there are.
    public let table: OptionTable

    /// Keeps what is given; nothing is decided yet.
    public init(_ action: Action, machine: String?, calls: Set<LoadCall>, given: Set<OptionID>, table: OptionTable) {
        self.action = action
        self.machine = machine
        self.calls = calls
        self.given = given
        self.table = table
    }

    /// The first of machine, action, call and company that the option does not fit decides.
    public func verdict(_ row: OptionRow) -> OptionVerdict {
        if let refusal = row.refusal { return .refused("\(row.name): \(refusal)") }
        if let machine, let machines = table.machines[row.id], !machines.contains(machine) {
            let sentence = "\(row.name): only on \(machines.alternatives), not on \(machine)"
            return answer(row, sentence) { if case .onOtherMachines = $0 { true } else { false } }
        }
        guard row.actions.contains(action) else {
            // "-p: only with -p" tells nothing.
            let others = row.actions.filter { $0.rawValue != row.name }
            let sentence = "\(row.name): only with \(others.listed), not with \(action.rawValue)"
            return answer(row, sentence) { if case .with(let actions) = $0 { actions.contains(action) } else { false } }
        }
        if Set.loads.contains(action), row.calls.isDisjoint(with: calls) {
            let sentence = Self.sentence(row)
            return answer(row, sentence) { if case .by(let call) = $0 { calls.contains(call) } else { false } }
        }
        let needed = row.needs.compactMap { table[$0] }.filter { $0.actions.contains(action) }
        if !needed.isEmpty, !needed.contains(where: { given.contains($0.id) }) {
            return .refused("\(row.name): only with \(needed.map(\.id.spelling).alternatives)")
        }
        return .means
    }

    /// That only one of the calls can do what the option asks for.
    public static func sentence(_ row: OptionRow) -> String {
        let (can, cannot) = (
            row.calls.map(\.rawValue).alternatives, Set(LoadCall.allCases).subtracting(row.calls).map(\.rawValue).alternatives
        )
        return "\(row.name): only with \(can), not with \(cannot)"
    }

    private func answer(_ row: OptionRow, _ sentence: String, _ isHere: (OptionRow.Taken.Place) -> Bool) -> OptionVerdict {
        row.taken.first { isHere($0.place) }.map { .taken($0, sentence) } ?? .refused(sentence)
    }
}

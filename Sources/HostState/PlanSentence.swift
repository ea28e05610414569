import CPlanFormat

extension String {
    /// A sentence of CPlanFormat with these put in where it has a %.
    package func filled(_ values: any CustomStringConvertible...) -> String {
        let parts = split(separator: "%", omittingEmptySubsequences: false)
        return zip(parts, values.map(\.description) + [""]).map { $0 + $1 }.joined()
    }
}

extension Precondition {
    /// How a plan is refused on another machine.
    /// - Parameters:
    ///   - subject: what is different
    ///   - canBeForced: an option takes the plan all the same
    public static func refusal(_ subject: String, _ difference: String, canBeForced: Bool = false) -> String {
        PLAN_MADE_FOR_ANOTHER.filled(subject, difference) + (canBeForced ? PLAN_CAN_BE_FORCED : "")
    }

    /// The difference of a plan that is for another architecture.
    /// - Parameters:
    ///   - plan: the architecture's name, and its e_machine
    ///   - machine: the name of the machine's
    public static func architectureDifference(plan: (name: String, number: UInt16), machine: String) -> String {
        PLAN_OTHER_ARCHITECTURE.filled(plan.name, plan.number, machine)
    }
}

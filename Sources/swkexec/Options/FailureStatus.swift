import CommandLineOptions
import Reports

/// The exit status of a command line that ends in its one line on standard error: 1, but where 1 is an answer.
///
/// The words decide, not what a parser makes of them: what cannot be parsed fails, too.
enum FailureStatus {
    /// Of a command whose answers are 0 and 1.
    static let whereOneIsAnAnswer: Int32 = 2
    /// Of -S, whose answers are those of kexec-tools.
    static let whereStatusAnswers: Int32 = 255

    /// After these a word is a kernel's name.
    private static let loads = ["-p", "-l", "-f"] + [OptionID.loadPanic, .load, .force].map(\.spelling)

    /// - Parameter words: the command line without the program's name
    static func of(_ words: [String]) -> Int32 {
        if words.contains(where: isStatus) { return whereStatusAnswers }
        let isLoad = words.contains(where: loads.contains)
        let names = words.filter { !$0.hasPrefix("-") }
        guard !isLoad, let command = names.first else { return 1 }
        switch command {
        case Action.check.rawValue:
            let isPlugin = words.contains { $0 == "nagios" || $0.hasSuffix("=nagios") }
            return (isPlugin ? CheckFormat.nagios : .table).failure
        case Action.inspect.rawValue: return whereOneIsAnAnswer
        case OptionTable.fadumpWord: return names.dropFirst().first == FadumpOptions.Verb.header.rawValue ? whereOneIsAnAnswer : 1
        default: return 1
        }
    }

    /// --status, or S in a bundle of letters, before one that takes an argument.
    private static func isStatus(_ word: String) -> Bool {
        if word == OptionID.status.spelling { return true }
        guard word.hasPrefix("-"), !word.hasPrefix("--") else { return false }
        let takers = OptionTable.command.rows.filter { $0.argument != nil }.compactMap(\.short)
        return word.dropFirst().prefix { !takers.contains($0) }.contains("S")
    }
}

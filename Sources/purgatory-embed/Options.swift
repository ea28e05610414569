/// `--option value` pairs, any of them more than once, then operands.
struct Options {
    private var values: [String: [String]] = [:]
    private(set) var operands: [String] = []

    init(_ arguments: [String]) throws(ToolError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                operands.append(argument)
                continue
            }
            // A value may begin with a dash: most of them are compiler flags.
            guard let value = rest.popFirst() else {
                throw ToolError("\(argument) wants a value")
            }
            values[argument, default: []].append(value)
        }
    }

    func all(_ option: String) -> [String] { values[option] ?? [] }

    func one(_ option: String) throws(ToolError) -> String {
        guard let value = values[option], value.count == 1 else {
            throw ToolError("\(option) is wanted once")
        }
        return value[0]
    }
}

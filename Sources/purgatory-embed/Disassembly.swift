/// The instructions of an image as llvm-objdump prints them, in AT&T syntax.
struct Disassembly {
    struct Instruction {
        /// The symbol before it, or "" before the first.
        var symbol: String
        var mnemonic: String
        /// Without the comment that llvm-objdump adds.
        var operands: String

        var text: String { operands.isEmpty ? mnemonic : "\(mnemonic) \(operands)" }
    }

    private(set) var instructions: [Instruction] = []

    /// Of two kinds of lines in `output` something is taken:
    ///
    ///     0000000000000070 <purgatory_check>:
    ///           70:       pushq   %rbp
    init(_ output: String) {
        var symbol = ""
        for line in output.split(separator: "\n") {
            if line.hasSuffix(">:"), let start = line.firstIndex(of: "<") {
                symbol = String(line[line.index(after: start)...].dropLast(2))
            } else if let colon = line.firstIndex(of: ":"),
                UInt64(line[..<colon].drop { $0 == " " }, radix: 16) != nil
            {
                let code = line[line.index(after: colon)...].prefix { $0 != "#" }
                let words = code.split { $0 == " " || $0 == "\t" }
                guard let mnemonic = words.first else { continue }
                instructions.append(
                    Instruction(
                        symbol: symbol,
                        mnemonic: String(mnemonic),
                        operands: words.dropFirst().joined(separator: " ")))
            }
        }
    }
}

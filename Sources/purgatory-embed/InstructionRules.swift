/// Which instructions an image may have. A newer compiler may find new reasons
/// to use a vector register or the red zone; the build fails then, instead of a
/// machine between two kernels.
struct InstructionRules {
    /// The symbols whose code may use vector registers. Their callers switch
    /// the registers on first.
    var vectorSymbols: Set<String>
    /// Says why an instruction is forbidden everywhere, or nil.
    var fault: @Sendable (Disassembly.Instruction) -> String?
    /// Says why an instruction is forbidden outside `vectorSymbols`, or nil.
    var vectorFault: @Sendable (Disassembly.Instruction) -> String?

    func violations(of disassembly: Disassembly) -> [String] {
        // No instruction at all means that the output was not understood.
        guard !disassembly.instructions.isEmpty else { return ["no instruction found"] }
        let present = Set(disassembly.instructions.map(\.symbol))
        let missing = vectorSymbols.subtracting(present).sorted().map {
            "\($0): allowed to use vector registers, but not there"
        }
        return missing
            + disassembly.instructions.compactMap { instruction in
                let fault =
                    fault(instruction)
                    ?? (vectorSymbols.contains(instruction.symbol) ? nil : vectorFault(instruction))
                return fault.map { "\(instruction.symbol): \(instruction.text): \($0)" }
            }
    }
}

extension InstructionRules {
    static let ppc64le = InstructionRules(
        vectorSymbols: ["sha256_blocks_ppc_sha"],
        fault: { instruction in
            if instruction.text.contains("<unknown>") {
                return "not an instruction"
            }
            // -fstack-protector keeps its canary relative to r13.
            if instruction.operands.hasSuffix("(13)") {
                return "thread-local storage"
            }
            return usesFloatingPoint(instruction) ? "floating point" : nil
        },
        vectorFault: { instruction in
            usesVectors(instruction) ? "vector register outside the SHA-256 routine" : nil
        })

    /// Registers have no names in the disassembly, so the mnemonic decides (Power ISA 3.1B, book I,
    /// chapter 4): every arithmetic one begins with f, and no other one does.
    private static func usesFloatingPoint(_ instruction: Disassembly.Instruction) -> Bool {
        ["f", "lf", "stf", "mff", "mtf", "mffpr", "mtfpr"].contains { instruction.mnemonic.hasPrefix($0) }
    }

    /// Chapters 6 (VMX) and 7 (VSX).
    private static func usesVectors(_ instruction: Disassembly.Instruction) -> Bool {
        ["v", "lv", "stv", "x", "lx", "stx", "mfv", "mtv"].contains { instruction.mnemonic.hasPrefix($0) }
            && !["xor", "xori", "xoris", "xnop"].contains { instruction.mnemonic.hasPrefix($0) }
    }
}

extension InstructionRules {
    static let aarch64 = InstructionRules(
        vectorSymbols: ["sha256_blocks_arm_sha", "try_sha256"],
        fault: { instruction in
            if instruction.text.contains("<unknown>") {
                return "not an instruction"
            }
            // -fstack-protector keeps its canary where TPIDR_EL0 or its like points to.
            return instruction.operands.lowercased().contains("tpidr") ? "thread-local storage" : nil
        },
        vectorFault: { instruction in
            instruction.namesVectorRegister ? "vector register outside the SHA-256 routine" : nil
        })
}

extension Disassembly.Instruction {
    /// v0 to v31 and the parts of them: q0, d0, s0, h0, b0.
    fileprivate var namesVectorRegister: Bool {
        operands.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { word in
            guard let kind = word.first, "vqdshbz".contains(kind) else { return false }
            return UInt(word.dropFirst()).map { $0 < 32 } ?? false
        }
    }
}

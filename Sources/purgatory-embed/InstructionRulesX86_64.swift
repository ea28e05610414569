extension InstructionRules {
    static let x86_64 = InstructionRules(
        vectorSymbols: ["sha256_blocks_x86_sha"],
        fault: { instruction in
            if instruction.text.contains("<unknown>") {
                return "not an instruction"
            }
            // -fstack-protector keeps its canary at %fs:0x28.
            if instruction.operands.contains("%fs:") || instruction.operands.contains("%gs:") {
                return "thread-local storage"
            }
            if isX87(instruction) || instruction.registers.contains(where: isWideOrX87) {
                return "x87, MMX or AVX"
            }
            if usesRedZone(instruction) {
                return "access below the stack pointer"
            }
            return nil
        },
        vectorFault: { instruction in
            let controlsSSE: Set = ["ldmxcsr", "stmxcsr"]
            return controlsSSE.contains(instruction.mnemonic)
                || instruction.registers.contains { $0.hasPrefix("xmm") }
                ? "vector register outside the SHA-256 routine" : nil
        })

    /// Also those without such a register among their operands. Every x87
    /// mnemonic begins with f, as do fxsave and fxrstor, and no other one does;
    /// every AVX mnemonic begins with v, and so do the ones of VMX, which have
    /// no place here either.
    private static func isX87(_ instruction: Disassembly.Instruction) -> Bool {
        let mnemonic = instruction.mnemonic
        return mnemonic.hasPrefix("f") || mnemonic.hasPrefix("v") || mnemonic.hasPrefix("xsave")
            || mnemonic.hasPrefix("xrstor") || mnemonic == "emms" || mnemonic == "wait"
    }

    private static func isWideOrX87(_ register: Substring) -> Bool {
        // mm0 to mm7, st(0) to st(7), k0 to k7
        register.hasPrefix("ymm") || register.hasPrefix("zmm") || register.hasPrefix("mm")
            || register.hasPrefix("st") || register.hasPrefix("k")
            || register.hasPrefix("tmm")
    }

    /// An address such as -0x8(%rsp). lea does not access it.
    private static func usesRedZone(_ instruction: Disassembly.Instruction) -> Bool {
        guard !instruction.mnemonic.hasPrefix("lea"), !instruction.mnemonic.hasPrefix("nop"),
            let base = instruction.operands.firstRange(of: "(%rsp")
        else { return false }
        let displacement = instruction.operands[..<base.lowerBound].split(separator: " ").last
        return displacement?.hasPrefix("-") ?? false
    }
}

extension Disassembly.Instruction {
    /// The names after each "%".
    fileprivate var registers: [Substring] {
        operands.split(separator: "%", omittingEmptySubsequences: false).dropFirst().map {
            $0.prefix { $0.isLetter || $0.isNumber }
        }
    }
}

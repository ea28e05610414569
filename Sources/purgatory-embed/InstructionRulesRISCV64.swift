extension InstructionRules {
    static let riscv64 = InstructionRules(
        vectorSymbols: ["sha256_blocks_riscv_zknh", "sha256_blocks_riscv_zvknha", "try_zknh", "try_zvknha"],
        fault: { instruction in
            if instruction.text.contains("<unknown>") || instruction.mnemonic == "unimp" {
                return "not an instruction"
            }
            // -fstack-protector keeps its canary relative to tp, and a compiler may reach small data relative to gp.
            if !instruction.registers.isDisjoint(with: ["tp", "gp"]) {
                return "thread-local storage, or data relative to gp"
            }
            return instruction.registers.contains { isFloatingPoint($0) } ? "floating point" : nil
        },
        vectorFault: { instruction in
            ["v", "sha256"].contains { instruction.mnemonic.hasPrefix($0) }
                ? "SHA-256 or vector instruction outside the SHA-256 routines" : nil
        })

    /// ft0, fa0, fs0 and so on (RISC-V ELF psABI, "Floating-point Register Convention").
    private static func isFloatingPoint(_ register: Substring) -> Bool {
        ["ft", "fa", "fs"].contains { register.hasPrefix($0) && UInt(register.dropFirst($0.count)) != nil }
    }
}

extension Disassembly.Instruction {
    fileprivate var registers: Set<Substring> { Set(operands.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "<" }) }
}

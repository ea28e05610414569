import ELF

/// What purgatory's image must be, so that the loader can place it by copying one run of bytes and writing
/// values over named objects. One entry of `all` a machine.
struct ImageRules {
    /// The machine's name in a type's name.
    var typeName: String
    /// Relocation types the loader applies. Only ever a RELATIVE one: everything
    /// else would need symbols.
    var relocationTypes: Set<UInt64>
    /// Keeps the compiler off every register that is not switched on.
    var compilerFlags: [String]
    /// Instructions beyond the plainest of the machine, by the names that LLVM has for them.
    var disassemblerFeatures: [String] = []
    var instructions: InstructionRules

    static let all: [Machine: ImageRules] = [.x86_64: x86_64, .ppc64le: ppc64le, .aarch64: aarch64, .riscv64: riscv64]

    static func of(_ machine: Machine) throws(ToolError) -> ImageRules {
        guard let rules = all[machine] else { throw ToolError("no rules for an image of \(machine.name)") }
        return rules
    }

    /// x86_64 reaches all its data relative to the program counter, so it needs
    /// no relocation at all.
    private static let x86_64 = ImageRules(
        typeName: "X86_64",
        relocationTypes: [],
        compilerFlags: [
            "-march=x86-64", "-mno-red-zone", "-mno-mmx", "-mno-sse", "-mno-80387", "-fcf-protection=none",
        ],
        instructions: .x86_64)

    /// Neither does little-endian PowerPC, which reaches its data relative to the TOC pointer that
    /// purgatory's first instructions compute.
    private static let ppc64le = ImageRules(
        typeName: "PPC64LE",
        relocationTypes: [],
        compilerFlags: [
            "-mcpu=pwr8", "-mabi=elfv2", "-msoft-float", "-mno-altivec", "-mno-vsx",
            // The compiler puts a word that is no instruction behind the branch of such a call.
            "-fno-optimize-sibling-calls",
        ],
        instructions: .ppc64le)

    /// Nor does aarch64, which reaches its data relative to the program counter.
    private static let aarch64 = ImageRules(
        typeName: "AArch64",
        relocationTypes: [],
        // While the MMU is off, only aligned accesses are allowed.
        compilerFlags: ["-mgeneral-regs-only", "-mstrict-align"],
        instructions: .aarch64)

    /// Nor does riscv64, in the same way.
    private static let riscv64 = ImageRules(
        typeName: "RISCV64",
        relocationTypes: [],
        compilerFlags: [
            "-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-mstrict-align",
            // Nothing is reached relative to gp, and what the linker would make shorter stays as it was compiled.
            "-msmall-data-limit=0", "-mno-relax",
        ],
        disassemblerFeatures: ["m", "a", "c", "v", "zknh", "zvknha"],
        instructions: .riscv64)

    /// Everything that is wrong with the image besides its instructions.
    func violations(of image: ElfImage) -> [String] {
        segmentViolations(image) + linkViolations(image) + parameterViolations(image)
    }

    private func segmentViolations(_ image: ElfImage) -> [String] {
        var violations: [String] = []
        if image.type != ElfImage.etDyn {
            violations.append("e_type \(image.type) is not ET_DYN")
        }

        let segments = image.programHeaders.filter { $0.p_type == ElfImage.ProgramHeader.ptLoad }
        if segments.count != 1 || segments[0].p_vaddr != 0 {
            violations.append("not one load segment from address 0")
        }
        for segment in segments {
            if !(segment.p_vaddr..<segment.p_vaddr &+ segment.p_filesz).contains(image.entry) {
                violations.append("e_entry is outside the load segment")
            }
            // The kernel takes the segment that begins so for the elfcorehdr.
            if image.contents(of: segment).starts(with: [0x7f, 0x45, 0x4c, 0x46]) {
                violations.append("a load segment begins with ELF magic")
            }
        }
        return violations
    }

    private func linkViolations(_ image: ElfImage) -> [String] {
        let undefined = image.symbols
            .filter { $0.st_shndx == ElfImage.shnUndef && !$0.name.isEmpty }
            .map { "undefined symbol \($0.name)" }
        let relocations = image.relocations
            .filter { !relocationTypes.contains($0.type) }
            .map { "relocation of type \($0.type) at \(hexadecimal($0.r_offset))" }
        return undefined + relocations
    }

    /// A width or a name that the loader does not expect is the Swift compiler's to find.
    private func parameterViolations(_ image: ElfImage) -> [String] {
        var names: Set<String> = []
        return image.parameters.compactMap { parameter in
            guard names.insert(parameter.name).inserted else { return "parameter \(parameter.name): two symbols of this name" }
            guard let initialValue = image.writableBytes(of: parameter) else {
                return "parameter \(parameter.name): not in a writable load segment"
            }
            guard initialValue.allSatisfy({ $0 == 0 }) else { return "parameter \(parameter.name): its initial value is not zero" }
            return nil
        }
    }
}

extension ElfImage {
    fileprivate func writableBytes(of symbol: Symbol) -> ArraySlice<UInt8>? {
        for segment in programHeaders
        where segment.p_type == ProgramHeader.ptLoad && segment.p_flags & ProgramHeader.pfWrite != 0 {
            let contents = contents(of: segment)
            guard symbol.st_value >= segment.p_vaddr else { continue }
            let offset = symbol.st_value - segment.p_vaddr
            guard offset <= UInt64(contents.count),
                symbol.st_size <= UInt64(contents.count) - offset
            else { continue }
            return contents.dropFirst(Int(offset)).prefix(Int(symbol.st_size))
        }
        return nil
    }
}

func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

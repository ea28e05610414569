/// What an image must be, so that the loader can place it by copying one run of
/// bytes and patching named objects. One entry of `all` an architecture.
struct ArchitectureRules {
    /// Relocation types the loader applies. Only ever a RELATIVE one: everything
    /// else would need symbols.
    var relocationTypes: Set<UInt64>
    /// Name and size of every object the loader patches.
    var parameters: [String: UInt64]
    var instructions: InstructionRules

    /// By e_machine.
    static let all: [UInt64: ArchitectureRules] = [62: x86_64, 21: ppc64le, 183: aarch64]

    /// Purgatory/Common/include/parameters.h
    private static let commonParameters: [String: UInt64] = [
        "purgatory_digest": 32,
        "purgatory_regions": 16 * 16,
        "purgatory_shapes": 16 * 24,
        "purgatory_check_enabled": 4,
        "purgatory_on_mismatch": 4,
    ]

    /// x86_64 reaches all its data relative to the program counter, so it needs
    /// no relocation at all.
    private static let x86_64 = ArchitectureRules(
        relocationTypes: [],
        parameters: commonParameters.merging([
            "purgatory_serial_port": 4,
            "purgatory_serial_divisor": 4,
            "purgatory_entry_mode": 4,
            "purgatory_kernel_entry": 8,
            "purgatory_boot_params": 8,
            "purgatory_eax": 4,
            "purgatory_ebx": 4,
            "purgatory_real_segment": 4,
            "purgatory_real_stack": 4,
        ]) { $1 },
        instructions: .x86_64)

    /// Neither does little-endian PowerPC, which reaches its data relative to the TOC pointer that
    /// purgatory's first instructions compute.
    private static let ppc64le = ArchitectureRules(
        relocationTypes: [],
        parameters: commonParameters.merging([
            "purgatory_kernel_head": 252,
            "purgatory_kernel": 8,
            "purgatory_run_at_load": 4,
            "purgatory_fdt": 8,
            "purgatory_backup": 8,
            "purgatory_opal_base": 8,
            "purgatory_opal_entry": 8,
            "purgatory_vector_sha": 4,
            "purgatory_has_terminal": 4,
            "purgatory_terminal": 4,
            "purgatory_rtas_base": 4,
            "purgatory_rtas_entry": 4,
            "purgatory_rtas_reboot": 4,
        ]) { $1 },
        instructions: .ppc64le)

    /// Nor does aarch64, which reaches its data relative to the program counter.
    private static let aarch64 = ArchitectureRules(
        relocationTypes: [],
        parameters: commonParameters.merging([
            "purgatory_kernel_entry": 8,
            "purgatory_fdt": 8,
            "purgatory_caches": 4,
            "purgatory_uart_kind": 4,
            "purgatory_uart": 8,
            "purgatory_psci": 4,
        ]) { $1 },
        instructions: .aarch64)

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

    private func parameterViolations(_ image: ElfImage) -> [String] {
        parameters.sorted { $0.key < $1.key }.compactMap { name, size in
            let symbols = image.symbols.filter { $0.name == name }
            guard symbols.count == 1 else {
                return "parameter \(name): \(symbols.count) symbols of this name"
            }
            guard symbols[0].st_size == size else {
                return "parameter \(name): st_size \(symbols[0].st_size) is not \(size)"
            }
            guard let initialValue = image.writableBytes(of: symbols[0]) else {
                return "parameter \(name): not in the file part of a writable load segment"
            }
            guard initialValue.allSatisfy({ $0 == 0 }) else {
                return "parameter \(name): its initial value is not zero"
            }
            return nil
        }
    }
}

extension ElfImage {
    /// The segment's part of the file, empty if the file does not have all of it.
    fileprivate func contents(of segment: ProgramHeader) -> ArraySlice<UInt8> {
        let (end, overflow) = segment.p_offset.addingReportingOverflow(segment.p_filesz)
        guard !overflow, end <= UInt64(bytes.count) else { return [] }
        return bytes[Int(segment.p_offset)..<Int(end)]
    }

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

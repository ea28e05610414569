extension ElfImage {
    /// What the loader writes into purgatory, in the order of its places: each object purgatory_NAME that has bytes in the file. One
    /// in .bss is purgatory's own.
    var parameters: [Symbol] {
        symbols.filter { symbol in
            symbol.type == Symbol.sttObject && symbol.name.hasPrefix(Symbol.parameterPrefix)
                && programHeaders.contains {
                    $0.p_type == ProgramHeader.ptLoad && symbol.st_value >= $0.p_vaddr && symbol.st_value - $0.p_vaddr < $0.p_filesz
                }
        }.sorted { $0.st_value < $1.st_value }
    }
}

extension ElfImage.Symbol {
    fileprivate static let parameterPrefix = "purgatory_"

    /// purgatory_kernel_entry becomes kernelEntry.
    var swiftName: String {
        let words = name.dropFirst(Self.parameterPrefix.count).split(separator: "_")
        return (words.prefix(1).map(String.init) + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }).joined()
    }

    /// The type of its values.
    var swiftType: String {
        switch st_size {
        case 4: "UInt32"
        case 8: "UInt64"
        default: "InlineArray<\(st_size), UInt8>"
        }
    }
}

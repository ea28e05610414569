import LoadPlan

/// Options of a load that do not go together, or cannot be had at all.
extension LoadOptions {
    func checkCoreHeaders(_ parsed: ParsedOptions) throws(UsageError) {
        guard parsed.contains(.elf32CoreHeaders) else { return }
        throw .conflict("--elf32-core-headers: 32 bits hold neither a 64-bit kernel's virtual addresses nor RAM above 4 GiB; the header is a 64-bit one (--elf64-core-headers)")
    }

    func checkContext(_ parsed: ParsedOptions) throws(UsageError) {
        guard preservesContext else { return }
        guard syscall != .kexecFileLoad else { throw .conflict("--load-preserve-context: kexec_file_load(2) (-s) has no such thing") }
        if arguments == .linux, !parsed.contains(.memoryMaximum) {
            throw .conflict("--load-preserve-context needs --mem-max=ADDRESS: the RAM up to there is the other kernel's, and this one's is kept aside")
        }
    }

    /// Throws where an option makes sense without loading only.
    static func requireDryRun(_ parsed: ParsedOptions) throws(UsageError) {
        guard !parsed.contains(.dryRun) else { return }
        for id in [OptionID.format, .writeSegments, .sysroot, .architecture] where parsed.contains(id) {
            throw .conflict("\(parsed.name(id)) needs --dry-run: a plan for another machine or for reading is not loaded")
        }
    }
}

import LoadPlan

/// Options of a load that do not go together, or cannot be had at all.
extension LoadOptions {
    func checkCoreHeaders(_ parsed: ParsedOptions) throws(UsageError) {
        guard parsed.contains(.elf32CoreHeaders) else { return }
        throw .conflict(
            "--elf32-core-headers: 32 bits hold neither a 64-bit kernel's virtual addresses nor RAM above 4 GiB; the header is a 64-bit one (--elf64-core-headers)"
        )
    }

    func checkContext(_ parsed: ParsedOptions) throws(UsageError) {
        guard preservesContext else { return }
        guard syscall != .kexecFileLoad else { throw .conflict("--load-preserve-context: kexec_file_load(2) (-s) has no such thing") }
        if arguments == .linux, !parsed.contains(.memoryMaximum) {
            throw .conflict(
                "--load-preserve-context needs --mem-max=ADDRESS: the RAM up to there is the other kernel's, and this one's is kept aside")
        }
    }

    /// Throws where the machine that is planned for has no such thing.
    func check(for architecture: any TargetArchitecture) throws(UsageError) {
        if purgatoryUsesCaches != nil, !architecture.startsWithoutCaches {
            throw .conflict("--purgatory-cache: on \(architecture.name) purgatory finds the caches on and leaves them so")
        }
        if architecture.serialNames == .ioPorts {
            guard let serial, SerialPort.base(named: serial) == nil else { return }
            throw .badArgument(option: "--serial", value: serial, allowed: "ttyS0 to ttyS3 or an I/O port like 0x3f8")
        }
        let ofAPC = [("--serial-baud", serialBaud != nil), ("--console-serial", wantsSerialConsole)].first { $0.1 }
        if let (option, _) = ofAPC {
            throw .conflict("\(option): only on a PC does purgatory set up a serial port")
        }
        if serial != nil, architecture.serialNames == .none {
            throw .conflict("--serial: on \(architecture.name) purgatory reports on the hypervisor's terminal")
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

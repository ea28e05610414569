import PhysicalMemory

/// What a plan may depend on of this machine, each nil where its file is missing.
extension HostState {
    /// The kernel release, which alone may differ when the user insists.
    public var releasePrecondition: Precondition? {
        identity.versionUpToRelease.map {
            Precondition(.begins, subject: "kernel release", path: HostIdentity.versionName, expected: $0, isOverridable: true)
        }
    }

    /// This very boot; nil for a machine that was recorded.
    public var bootPrecondition: Precondition? {
        identity.bootID.map { Precondition(.equals, subject: "boot", path: HostIdentity.bootIDName, expected: $0) }
    }

    /// The crash kernel's regions, on machines that show them in /proc/iomem.
    public var crashRegionPrecondition: Precondition? {
        let lines = lines(of: "Crash kernel")
        return lines.isEmpty
            ? nil
            : Precondition(
                .lines, subject: "crash region", path: IOMemory.name, selector: " : Crash kernel",
                expected: Array(lines.joined(separator: [0x0a])))
    }

    /// The ranges that a capture kernel has beside its region, which elfcorehdr leaves out; nil where there are none.
    public var crashCMAPrecondition: Precondition? {
        guard let (path, text) = identity.crashCMARanges, !crashCMARanges.isEmpty,
            text.count <= Precondition.expectedLimit
        else { return nil }
        return Precondition(.equals, subject: "set of CMA ranges", path: path, expected: text)
    }

    /// Where VMCOREINFO is, which elfcorehdr points to.
    public var vmcoreinfoPrecondition: Precondition? {
        identity.vmcoreinfo.map { Precondition(.equals, subject: "place of VMCOREINFO", path: Self.vmcoreinfoName, expected: $0) }
    }

    /// Where the crash notes of all CPUs are: one precondition, since there may be thousands of CPUs.
    public var crashNotesPrecondition: Precondition? {
        guard let list = identity.possibleCPUs?.trimmed, let cpus = CPUList.parse(list), !crashNotes.isEmpty else { return nil }
        let texts = Dictionary(crashNotes.map { ($0.cpu, $0.text) }) { first, _ in first }
        return Precondition(
            .digest, subject: "place of the crash notes", path: CrashNotes.pattern, numbers: list.text,
            expected: Precondition.digest(of: cpus.map { texts[$0] ?? [UInt8(ascii: "-")] }))
    }

    /// All of RAM: an elfcorehdr describes it.
    public var memoryPrecondition: Precondition {
        Precondition(
            .digest, subject: "set of memory ranges", path: IOMemory.name, selector: " : System RAM",
            expected: Precondition.digest(of: lines(of: "System RAM")))
    }

    /// The ranges of RAM that these segments lie in.
    public func memoryPreconditions(under segments: [PhysicalRange]) -> [Precondition] {
        ioMemory.resources.filter { resource in
            resource.name.hasPrefix("System RAM") && segments.contains { $0.overlaps(resource.range) }
        }.map {
            Precondition(.lines, subject: "set of memory ranges", path: IOMemory.name, selector: $0.line, expected: Array($0.line.utf8))
        }
    }

    /// The lines of /proc/iomem whose names begin so.
    private func lines(of name: String) -> [[UInt8]] {
        ioMemory.resources.filter { $0.name.hasPrefix(name) }.map { Array($0.line.utf8) }
    }
}

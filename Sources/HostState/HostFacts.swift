import PhysicalMemory

/// What this machine says that a plan may depend on, each nil where it does not say it.
extension HostState {
    public var releaseFact: TargetFact? {
        identity.versionUpToRelease.map {
            TargetFact(.begins, subject: "kernel release", path: HostIdentity.versionName, expected: $0, isOverridable: true)
        }
    }

    public var bootFact: TargetFact? {
        identity.bootID.map { TargetFact(.equals, subject: "boot", path: HostIdentity.bootIDName, expected: $0) }
    }

    /// On machines that show the regions in /proc/iomem.
    public var crashRegionFact: TargetFact? {
        let lines = lines(of: "Crash kernel")
        return lines.isEmpty
            ? nil
            : TargetFact(
                .lines, subject: "crash region", path: IOMemory.name, selector: " : Crash kernel",
                expected: Array(lines.joined(separator: [0x0a])))
    }

    public var vmcoreinfoFact: TargetFact? {
        identity.vmcoreinfo.map { TargetFact(.equals, subject: "place of VMCOREINFO", path: Self.vmcoreinfoName, expected: $0) }
    }

    /// One fact for all CPUs: there may be thousands.
    public var crashNotesFact: TargetFact? {
        guard let list = identity.possibleCPUs?.trimmed, let cpus = CPUList.parse(list), !crashNotes.isEmpty else { return nil }
        let texts = Dictionary(crashNotes.map { ($0.cpu, $0.text) }) { first, _ in first }
        return TargetFact(
            .digest, subject: "place of the crash notes", path: CrashNotes.pattern, numbers: list.text,
            expected: TargetFact.digest(of: cpus.map { texts[$0] ?? [UInt8(ascii: "-")] }))
    }

    /// All of RAM: an elfcorehdr describes it.
    public var memoryFact: TargetFact {
        TargetFact(
            .digest, subject: "set of memory ranges", path: IOMemory.name, selector: " : System RAM",
            expected: TargetFact.digest(of: lines(of: "System RAM")))
    }

    /// The ranges of RAM that these segments lie in.
    public func memoryFacts(under segments: [PhysicalRange]) -> [TargetFact] {
        ioMemory.resources.filter { resource in
            resource.name.hasPrefix("System RAM") && segments.contains { $0.overlaps(resource.range) }
        }.map {
            TargetFact(.lines, subject: "set of memory ranges", path: IOMemory.name, selector: $0.line, expected: Array($0.line.utf8))
        }
    }

    /// The lines of /proc/iomem whose names begin so.
    private func lines(of name: String) -> [[UInt8]] {
        ioMemory.resources.filter { $0.name.hasPrefix(name) }.map { Array($0.line.utf8) }
    }
}

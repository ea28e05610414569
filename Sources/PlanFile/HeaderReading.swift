import LoadPlan
import PhysicalMemory
import SHA256

/// The header's own numbers and texts.
struct Header {
    let isCrash: Bool
    let isHotplug: Bool
    let entry: PhysicalAddress
    let flags: KexecFlags
    let olderFlags: KexecFlags?
    let architecture: String
    let commandLine: KernelCommandLine
    let digest: LoadPlan.Digest?

    init(_ head: Head) throws(PlanFileError) {
        let purpose = try head.number(PlanFileHeader.purpose)
        guard purpose == PlanFileHeader.crash || purpose == PlanFileHeader.reboot else { throw .malformed("purpose is neither 1 nor 2") }
        isCrash = purpose == PlanFileHeader.crash
        let options = try head.number(PlanFileHeader.options)
        guard options & ~(PlanFileHeader.hotplug | PlanFileHeader.checksDigest) == 0 else { throw .malformed("options has unknown bits") }
        isHotplug = options & PlanFileHeader.hotplug != 0
        guard isCrash || !isHotplug else { throw .malformed("options: hotplug is for a panic only") }
        entry = PhysicalAddress(try head.number(PlanFileHeader.entry))

        flags = KexecFlags(rawValue: try head.number(PlanFileHeader.flags))
        let base = KexecFlags.architecture(machine: try head.number(PlanFileHeader.machine)).union(isCrash ? .onCrash : [])
        guard flags.isGood(base: base, hotplug: isHotplug) else { throw .malformed("flags do not go with machine, purpose and options") }
        let older = KexecFlags(rawValue: try head.number(PlanFileHeader.olderFlags))
        guard older == [] || isHotplug && older.isGood(base: base, hotplug: true) else {
            throw .malformed("olderFlags do not go with machine, purpose and options")
        }
        olderFlags = older == [] ? nil : older

        guard let name = try head.text(PlanFileHeader.architecture), name.isName else { throw .malformed("architecture is not a name") }
        architecture = String(decoding: name, as: UTF8.self)
        guard let line = try head.text(PlanFileHeader.commandLine), !line.contains(0) else {
            throw .malformed("commandLine is not a text without NUL")
        }
        commandLine = KernelCommandLine(Array(line))

        let value = Array(head.bytes[PlanFileHeader.digest])
        let covered = try head.number(PlanFileHeader.coveredBytes)
        if options & PlanFileHeader.checksDigest != 0 {
            digest = SHA256Digest(exactly: value).map { LoadPlan.Digest(value: $0, coveredBytes: covered) }
        } else {
            guard value.allSatisfy({ $0 == 0 }), covered == 0 else {
                throw .malformed("digest and coveredBytes are not 0 though nothing is checked")
            }
            digest = nil
        }
    }

    func check(against segments: [Segment]) throws(PlanFileError) {
        guard segments.contains(where: { $0.memory.contains(entry) }) else { throw .malformed("entry lies in no segment") }
        guard segments.contains(where: { $0.digestRule == .excluded(because: .hotplug) }) == isHotplug else {
            throw .malformed("options and the segments' digest rules do not go together")
        }
        guard let digest else { return }
        // Their bytes are all in one file, so the sum is no larger than it.
        let covered = segments.filter { $0.digestRule == .included }.reduce(0) { $0 + $1.contents.count }
        guard digest.coveredBytes == UInt64(covered) else { throw .malformed("coveredBytes is not the size of the covered segments") }
    }
}

extension KexecFlags {
    /// Those of the plan's kind, with a bit that promises updates on hotplug, or both, just where they are wanted.
    fileprivate func isGood(base: KexecFlags, hotplug: Bool) -> Bool {
        let promises: KexecFlags = [.updateElfcorehdr, .crashHotplugUpdate]
        return subtracting(promises) == base && !isDisjoint(with: promises) == hotplug
    }
}

import CPlanFormat
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
        guard purpose == PLAN_CRASH || purpose == PLAN_REBOOT else { throw .malformed(PLAN_FAULT_PURPOSE) }
        isCrash = purpose == PLAN_CRASH
        let options = try head.number(PlanFileHeader.options)
        guard options & ~(PLAN_HOTPLUG | PLAN_CHECKS_DIGEST) == 0 else { throw .malformed(PLAN_FAULT_OPTIONS) }
        isHotplug = options & PLAN_HOTPLUG != 0
        guard isCrash || !isHotplug else { throw .malformed(PLAN_FAULT_HOTPLUG) }
        entry = PhysicalAddress(try head.number(PlanFileHeader.entry))

        flags = KexecFlags(rawValue: try head.number(PlanFileHeader.flags))
        let base = KexecFlags.architecture(machine: try head.number(PlanFileHeader.machine)).union(isCrash ? .onCrash : [])
        guard flags.isGood(base: base, hotplug: isHotplug) else { throw .malformed(PLAN_FAULT_FLAGS) }
        let older = KexecFlags(rawValue: try head.number(PlanFileHeader.olderFlags))
        guard older == [] || isHotplug && older.isGood(base: base, hotplug: true) else {
            throw .malformed(PLAN_FAULT_OLDER_FLAGS)
        }
        olderFlags = older == [] ? nil : older

        guard let name = try head.text(PlanFileHeader.architecture), name.isName else { throw .malformed(PLAN_FAULT_ARCHITECTURE) }
        architecture = String(decoding: name, as: UTF8.self)
        guard let line = try head.text(PlanFileHeader.commandLine), !line.contains(0) else {
            throw .malformed(PLAN_FAULT_COMMAND_LINE)
        }
        commandLine = KernelCommandLine(Array(line))

        let value = Array(head.bytes[PlanFileHeader.digest])
        let covered = try head.number(PlanFileHeader.coveredBytes)
        if options & PLAN_CHECKS_DIGEST != 0 {
            digest = SHA256Digest(exactly: value).map { LoadPlan.Digest(value: $0, coveredBytes: covered) }
        } else {
            guard value.allSatisfy({ $0 == 0 }), covered == 0 else {
                throw .malformed(PLAN_FAULT_DIGEST_NOT_0)
            }
            digest = nil
        }
    }

    func check(against segments: [Segment]) throws(PlanFileError) {
        guard segments.contains(where: { $0.memory.contains(entry) }) else { throw .malformed(PLAN_FAULT_ENTRY) }
        guard segments.contains(where: { $0.digestRule == .excluded(because: .hotplug) }) == isHotplug else {
            throw .malformed(PLAN_FAULT_HOTPLUG_SEGMENTS)
        }
        guard let digest else { return }
        // Their bytes are all in one file, so the sum is no larger than it.
        let covered = segments.filter { $0.digestRule == .included }.reduce(0) { $0 + $1.contents.count }
        guard digest.coveredBytes == UInt64(covered) else { throw .malformed(PLAN_FAULT_COVERED_BYTES) }
    }
}

extension KexecFlags {
    /// Those of the plan's kind, with a bit that promises updates on hotplug, or both, just where they are wanted.
    fileprivate func isGood(base: KexecFlags, hotplug: Bool) -> Bool {
        let promises: KexecFlags = [.updateElfcorehdr, .crashHotplugUpdate]
        return subtracting(promises) == base && !isDisjoint(with: promises) == hotplug
    }
}

import ByteStorage
import ELF
import HostState
import PhysicalMemory
import Purgatory
import SHA256

/// Makes a plan: a pure function of the request and the machine's state.
public enum Planner {
    /// Makes a plan, or throws the one reason why there is none.
    public static func plan(
        _ request: LoadRequest, on host: HostState, for architecture: any TargetArchitecture
    ) throws(PlanError) -> LoadPlan {
        if let obstacle = host.xen?.obstacle { throw .hypervisor(obstacle) }
        let lost = LostHandover.all(
            host.handover, purpose: request.purpose, preservesContext: request.preservesContext, dropped: request.droppedHandover)
        try LostHandover.require(lost)
        let updates: HotplugUpdates?
        do throws(HotplugObstacle) {
            updates = request.purpose == .crash ? try HotplugGate.updates(request.hotplugChoice, on: host, for: architecture) : nil
        } catch {
            throw .hotplug(error)
        }
        let isHotplug = updates?.areRequested == true
        var request = request
        request.hotplug = isHotplug
        let draft = try architecture.draft(request, on: host)

        let loaded = draft.segments.map { placed in
            Segment(
                role: placed.role, memory: placed.memory, contents: placed.contents,
                digestRule: isHotplug && architecture.kernelRewritesOnHotplug(placed.role)
                    ? .excluded(because: .hotplug) : .included)
        }
        var segments = (loaded + [draft.purgatorySegment]).sorted { $0.memory.start < $1.memory.start }
        var entry = try draft.entry()
        if let address = request.entryAddress {
            guard segments.contains(where: { $0.memory.contains(address) }) else {
                throw .entry("--entry", "\(address) lies in no segment")
            }
            entry = address
        }
        // Before the digest: it is no use hashing what the kernel will refuse, and purgatory has
        // room for as many regions as the kernel takes segments.
        try KernelRules.check(
            segments: segments, entry: entry, usableMemory: draft.usableMemory, purpose: request.purpose,
            totalMemory: host.totalMemory, pageSize: architecture.pageSize)
        try NextKernelRules.check(segments, ram: draft.nextKernelRAM)

        let digested = DigestedSegments(segments, hasDigest: request.checksDigest)
        let sealed = try digested.seal(draft.purgatory, at: draft.purgatoryMemory, over: segments, entry: entry, request: request)
        segments = segments.map { segment in
            guard segment.role == .purgatory else { return segment }
            var changed = segment
            changed.contents = Bytes(sealed.bytes)
            return changed
        }
        var base = KexecFlags.architecture(machine: architecture.machine.elfMachine)
        if request.purpose == .crash { base.insert(.onCrash) }
        if request.preservesContext { base.insert(.preserveContext) }
        return LoadPlan(
            architecture: architecture.name,
            purpose: request.purpose,
            entry: entry,
            segments: segments,
            flags: isHotplug ? base.union(.crashHotplugUpdate) : base,
            olderFlags: isHotplug ? architecture.olderHotplugFlags(for: host.release).map(base.union) : nil,
            digest: digested.digest,
            commandLine: draft.commandLine,
            hotplugRequested: isHotplug,
            hotplugUpdates: updates,
            lostHandover: lost,
            usableMemory: draft.usableMemory,
            warnings: draft.warnings + lost.compactMap(\.warning) + architecture.warnings(of: request, on: host)
                + memoryWarnings(request, segments, draft, on: host, for: architecture) + request.entryWarnings)
    }

    /// What the user's own parameters do to the memory that the plan counts on.
    private static func memoryWarnings(
        _ request: LoadRequest, _ segments: [Segment], _ draft: LoadDraft, on host: HostState, for architecture: any TargetArchitecture
    ) -> [String] {
        let ram = draft.nextKernelRAM ?? draft.usableMemory
        return MemoryParameters(request.commandLine, in: architecture.memoryParameters, ram: ram).warnings(
            image: segments.map { ("segment \($0.role.rawValue)", $0.memory) },
            kept: request.purpose == .crash ? host.dumpedRAM.subtracting(ram) : [])
    }

    /// A plan to jump back to the kernel that started this one and kept its context.
    /// - Parameters:
    ///   - target: the jump back entry that this kernel was given, a physical address
    ///   - window: nothing is placed outside; nil for anywhere
    public static func planJumpBack(
        to target: PhysicalAddress, limitedTo window: PhysicalRange?, on host: HostState, for architecture: any TargetArchitecture
    ) throws(PlanError) -> LoadPlan {
        let draft = try architecture.draftJumpBack(to: target, limitedTo: window, on: host)
        let segments = [draft.purgatorySegment]
        let entry = try draft.entry()
        try KernelRules.check(
            segments: segments, entry: entry, usableMemory: draft.usableMemory, purpose: .reboot,
            totalMemory: host.totalMemory, pageSize: architecture.pageSize)
        return LoadPlan(
            architecture: architecture.name, purpose: .reboot, entry: entry, segments: segments,
            // The other kernel may start this one once more, as this one left it.
            flags: KexecFlags.architecture(machine: architecture.machine.elfMachine).union(.preserveContext), olderFlags: nil,
            digest: nil, commandLine: draft.commandLine, hotplugRequested: false, usableMemory: draft.usableMemory,
            warnings: draft.warnings)
    }
}

extension LoadRequest {
    fileprivate var entryWarnings: [String] {
        entryAddress.map {
            ["--entry: the image is entered at \($0) with nothing set up, and purgatory, which checks the digest, does not run"]
        } ?? []
    }
}

extension LoadDraft {
    fileprivate var purgatorySegment: Segment {
        Segment(
            role: .purgatory, memory: purgatoryMemory, contents: Bytes(purgatory.bytes),
            digestRule: .excluded(because: .purgatory))
    }

    fileprivate func entry() throws(PlanError) -> PhysicalAddress {
        guard let entry = purgatoryMemory.start.advanced(by: purgatory.entry) else {
            throw .rule(.purgatory, "its entry lies beyond the address space")
        }
        return entry
    }
}

import ByteStorage
import HostState
import PhysicalMemory
import Purgatory
import SHA256

/// Makes a plan: a pure function of the request and the machine's state.
public enum Planner {
    public static func plan(
        _ request: LoadRequest, on host: HostState, for architecture: any TargetArchitecture
    ) throws(PlanError) -> LoadPlan {
        let isHotplug = request.hotplug && request.purpose == .crash
        if isHotplug {
            guard SegmentRole.allCases.contains(where: architecture.kernelRewritesOnHotplug) else {
                throw .hotplugUnknown(to: architecture.name)
            }
            if host.elfcorehdrCapacity == nil { throw .hotplugUnsupported(on: host) }
        }
        let draft = try architecture.draft(request, on: host)

        var segments = draft.segments.map { placed in
            Segment(
                role: placed.role, memory: placed.memory, contents: placed.contents,
                digestRule: isHotplug && architecture.kernelRewritesOnHotplug(placed.role)
                    ? .excluded(because: .hotplug) : .included)
        }
        segments.append(Segment(
            role: .purgatory, memory: draft.purgatoryMemory, contents: Bytes(draft.purgatory.bytes),
            digestRule: .excluded(because: .purgatory)))
        segments.sort { $0.memory.start < $1.memory.start }

        guard let entry = draft.purgatoryMemory.start.advanced(by: draft.purgatory.entry) else {
            throw .rule(.purgatory, "its entry lies beyond the address space")
        }
        // Before the digest: it is no use hashing what the kernel will refuse, and purgatory has
        // room for as many regions as the kernel takes segments.
        try KernelRules.check(
            segments: segments, entry: entry, usableMemory: draft.usableMemory, purpose: request.purpose,
            totalMemory: host.totalMemory, pageSize: architecture.pageSize)

        let digest = request.checksDigest ? DigestedSegments.digest(of: segments) : nil
        if let digest {
            let sealed = try DigestedSegments.seal(
                draft.purgatory, with: digest, over: segments, request: request, architecture: architecture)
            segments = segments.map { segment in
                guard segment.role == .purgatory else { return segment }
                var changed = segment
                changed.contents = Bytes(sealed.bytes)
                return changed
            }
        }
        let machine = KexecFlags.architecture(machine: architecture.machine)
        let base = request.purpose == .crash ? machine.union(.onCrash) : machine
        return LoadPlan(
            architecture: architecture.name,
            purpose: request.purpose,
            entry: entry,
            segments: segments,
            flags: isHotplug ? base.union(.crashHotplugUpdate) : base,
            olderFlags: isHotplug ? architecture.olderHotplugFlags(for: host.release).map(base.union) : nil,
            digest: digest,
            commandLine: draft.commandLine,
            hotplugRequested: isHotplug,
            usableMemory: draft.usableMemory,
            warnings: draft.warnings)
    }
}

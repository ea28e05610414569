import ByteStorage
import HostState
import PhysicalMemory
import Purgatory
import SHA256

/// Makes a plan: a pure function of the request and the machine's state.
public enum Planner {
    public static func planCrashLoad(
        _ request: LoadRequest, on host: HostState, for architecture: any TargetArchitecture
    ) throws(PlanError) -> LoadPlan {
        if request.hotplug, host.elfcorehdrCapacity == nil {
            let name = HostState.elfcorehdrCapacityNames[HostState.elfcorehdrCapacityNames.count - 1]
            throw .hotplugUnsupported(missing: host.root.file(name), release: host.release.map { ", Linux \($0)," } ?? "")
        }
        let draft = try architecture.draftCrashLoad(request, on: host)

        var segments = draft.segments.map { placed in
            Segment(
                role: placed.role, memory: placed.memory, contents: placed.contents,
                digestRule: request.hotplug && architecture.kernelRewritesOnHotplug(placed.role)
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
        try KernelRules.check(segments: segments, entry: entry, region: draft.region, totalMemory: host.totalMemory)

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
        let base: KexecFlags = [.onCrash, .architecture(machine: architecture.machine)]
        return LoadPlan(
            architecture: architecture.name,
            purpose: .crash,
            entry: entry,
            segments: segments,
            flags: request.hotplug ? base.union(.crashHotplugUpdate) : base,
            olderFlags: request.hotplug ? architecture.olderHotplugFlags(for: host.release).map(base.union) : nil,
            digest: digest,
            commandLine: draft.commandLine,
            hotplugRequested: request.hotplug,
            region: draft.region,
            warnings: draft.warnings)
    }
}

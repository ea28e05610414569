import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// Little-endian 64-bit Arm: Linux as a raw Image or as an ELF file.
public struct AArch64: TargetArchitecture {
    public init() {}

    public var machine: Machine { .aarch64 }
    public var serialNames: SerialNames { .devices }
    public var pageSize: ByteCount { Layout.pageSize }

    /// Up to Linux 7.2 its kernels rewrite nothing.
    public func kernelRewritesOnHotplug(_ role: SegmentRole) -> Bool { false }
    public func olderHotplugFlags(for release: KernelRelease?) -> KexecFlags? { nil }

    public func facts(of plan: LoadPlan, on host: HostState) -> [Precondition] {
        guard plan.purpose == .crash, let core = host.kernelCore else { return [] }
        return KernelPlaceFacts.facts(text: host.kernelText(linkedAtOrAbove: 0), directMap: host.directMap, of: core)
    }

    public func draft(_ request: LoadRequest, on host: HostState) throws(PlanError) -> LoadDraft {
        try Load(request, on: host).draft()
    }
}

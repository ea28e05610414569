import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// Little-endian 64-bit Arm: Linux as a raw Image or as an ELF file.
public struct AArch64: TargetArchitecture {
    /// Without state: the machine that is planned for is in `HostState`.
    public init() {}

    /// `uname -m` prints aarch64.
    public var machine: Machine { .aarch64 }
    /// A terminal of the running kernel, or a UART as earlycon= has it.
    public var serialNames: SerialNames { .devices }
    /// 64 KiB, the largest page of its kernels.
    public var pageSize: ByteCount { Layout.pageSize }

    /// Up to Linux 7.2 its kernels rewrite nothing.
    public func kernelRewritesOnHotplug(_ role: SegmentRole) -> Bool { false }
    /// None: no kernel of it updates a crash image.
    public func olderHotplugFlags(for release: KernelRelease?) -> KexecFlags? { nil }

    /// Where the running kernel has its text and RAM, which KASLR moves.
    public func preconditions(of plan: LoadPlan, on host: HostState) -> [Precondition] {
        guard plan.purpose == .crash, let core = host.kernelCore else { return [] }
        return KernelMappings.preconditions(text: host.kernelText(linkedAtOrAbove: 0), directMap: host.directMap, of: core)
    }

    /// Throws for kernels that are not for this machine, and where its memory does not do.
    public func draft(_ request: LoadRequest, on host: HostState) throws(PlanError) -> LoadDraft {
        try Load(request, on: host).draft()
    }
}

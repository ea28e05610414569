import DeviceTree
import ELF
import HostState
import LoadPlan
import PhysicalMemory

/// Little-endian 64-bit PowerPC: Linux as an ELF file, on pseries and PowerNV machines.
public struct PPC64LE: TargetArchitecture {
    public init() {}

    public var machine: Machine { .ppc64le }
    public var serialNames: SerialNames { .none }
    public var pageSize: ByteCount { Layout.pageSize }

    /// arch/powerpc/kexec/crash.c: memory events rewrite the elfcorehdr, and an added CPU the cpus
    /// node of the device tree.
    public func kernelRewritesOnHotplug(_ role: SegmentRole) -> Bool { role == .elfcorehdr || role == .fdt }

    /// KEXEC_UPDATE_ELFCOREHDR has never meant anything here.
    public func olderHotplugFlags(for release: KernelRelease?) -> KexecFlags? { nil }

    /// Where the kernel shows the crash region here; it is linked to run at a fixed address.
    public func facts(of plan: LoadPlan, on host: HostState) -> [Precondition] {
        guard plan.purpose == .crash, let chosen = host.deviceTree?.node("/chosen") else { return [] }
        return ["linux,crashkernel-base", "linux,crashkernel-size"].compactMap { name in
            chosen[name].map {
                Precondition(.equals, subject: "crash region", path: "\(HostState.deviceTreeName)/chosen/\(name)", expected: $0)
            }
        }
    }

    public func draft(_ request: LoadRequest, on host: HostState) throws(PlanError) -> LoadDraft {
        try Load(request, on: host).draft()
    }
}

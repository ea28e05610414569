import CommandLineOptions
import DeviceTree
import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// Little-endian 64-bit PowerPC: Linux as an ELF file, on pseries and PowerNV machines.
public struct PPC64LE: MachineWithOptions {
    /// What the user asks of it.
    public var options: Options

    /// Without state beside that: the machine that is planned for is in `HostState`.
    public init(_ options: Options = Options()) { self.options = options }

    /// `uname -m` prints ppc64le.
    public var machine: Machine { .ppc64le }
    /// 64 KiB, the largest page of its kernels.
    public var pageSize: ByteCount { Layout.pageSize }

    /// Its own options alone are looked at.
    public func configured(by options: ParsedOptions) throws(UsageError) -> PPC64LE { PPC64LE(Options(options)) }

    /// Reads the device tree that was given.
    public func prepared(for request: LoadRequest, on host: HostState) throws -> PPC64LE { PPC64LE(try options.opened()) }

    /// arch/powerpc/kexec/crash.c: memory events rewrite the elfcorehdr, and an added CPU the cpus
    /// node of the device tree.
    public func kernelRewritesOnHotplug(_ role: SegmentRole) -> Bool { role == .elfcorehdr || role == .fdt }

    /// CONFIG_CRASH_HOTPLUG came to powerpc with Linux 6.11.
    public var firstKernelWithHotplug: KernelRelease? { KernelRelease(major: 6, minor: 11) }

    /// KEXEC_UPDATE_ELFCOREHDR has never meant anything here.
    public func olderHotplugFlags(for release: KernelRelease?) -> KexecFlags? { nil }

    /// Where the kernel shows the crash region here (it is linked to run at a fixed address), what firmware has its place, and the
    /// nodes that the plan carries.
    public func preconditions(of plan: LoadPlan, on host: HostState) -> [Precondition] {
        let region = ["chosen/linux,crashkernel-base", "chosen/linux,crashkernel-size"]
        return (plan.purpose == .crash ? host.treePreconditions(of: region, subject: "crash region") : [])
            + host.treePreconditions(of: Self.firmware, subject: "firmware")
            + (options.deviceTree == nil ? host.treePreconditions : [])
    }

    /// What `Firmware` reads of places and of the kind of MMU.
    private static let firmware = [
        "chosen/ibm,architecture-vec-5", "rtas/linux,rtas-base", "rtas/linux,rtas-entry", "rtas/rtas-size", "ibm,opal/opal-base-address",
        "ibm,opal/opal-entry-address", "ibm,opal/opal-runtime-size",
    ]

    /// Throws for kernels that are not for this machine, and where its memory does not do.
    public func draft(_ request: LoadRequest, on host: HostState) throws(PlanError) -> LoadDraft {
        let load = try Load(request, options, on: host)
        do { return try load.draft() } catch {
            // A larger region would not help where the real mode area ends within this one.
            guard case .doesNotFit(let shortage) = error, let end = load.endOfRealModeArea else { throw error }
            throw .rule(
                shortage.role,
                "its \(shortage.size) do not fit below \(end), which is all that can be reached with the MMU off under a hashed page table")
        }
    }
}

import CommandLineOptions
import ELF
import HostState
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// 64-bit RISC-V: Linux in supervisor mode, as a raw Image or as an ELF file.
public struct RISCV64: MachineWithOptions {
    /// What the user asks of it.
    public var options: Options

    /// Without state beside that: the machine that is planned for is in `HostState`.
    public init(_ options: Options = Options()) { self.options = options }

    /// `uname -m` prints riscv64.
    public var machine: Machine { .riscv64 }
    /// Its kernels have pages of 4 KiB and no others.
    public var pageSize: ByteCount { Layout.pageSize }

    /// Its own options alone are looked at.
    public func configured(by options: ParsedOptions) throws(UsageError) -> RISCV64 { RISCV64(Options(options)) }

    /// Reads the device tree that was given.
    public func prepared(for request: LoadRequest, on host: HostState) throws -> RISCV64 { RISCV64(try options.opened()) }

    /// Up to Linux 7.2 its kernels rewrite nothing, and sysfs offers nothing. Where one says otherwise it is the generic code
    /// (kernel/crash_core.c, crash_handle_hotplug_event) that does it: the elfcorehdr, and only it.
    public func kernelRewritesOnHotplug(_ role: SegmentRole) -> Bool { role == .elfcorehdr }
    /// None was released.
    public var firstKernelWithHotplug: KernelRelease? { nil }
    /// None: no kernel of it updates a crash image.
    public func olderHotplugFlags(for release: KernelRelease?) -> KexecFlags? { nil }

    /// The device tree that the plan carries, and where the running kernel has its text and RAM, which KASLR moves.
    public func preconditions(of plan: LoadPlan, on host: HostState) -> [Precondition] {
        BootTree.preconditions(
            of: plan, treeIsGiven: options.deviceTree != nil, text: host.kernelText(linkedAtOrAbove: Layout.kernelLinkAddress), on: host)
    }

    /// Throws for kernels that are not for this machine, and where its memory does not do.
    public func draft(_ request: LoadRequest, on host: HostState) throws(PlanError) -> LoadDraft {
        try Load(request, options, on: host).draft()
    }
}

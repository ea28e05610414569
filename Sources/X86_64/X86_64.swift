import CommandLineOptions
import ELF
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// x86_64: Linux as a bzImage or as an ELF file, entered in 64-bit, 32-bit or real mode; and
/// multiboot images.
public struct X86_64: MachineWithOptions {
    /// What the user asks of it.
    public var options: Options

    /// Without state beside that: the machine that is planned for is in `HostState`.
    public init(_ options: Options = Options()) { self.options = options }

    /// `uname -m` prints x86_64.
    public var machine: Machine { .x86_64 }
    /// 4 KiB, the only page of its kernels.
    public var pageSize: ByteCount { .page }

    /// Its own options alone are looked at.
    public func configured(by options: ParsedOptions) throws(UsageError) -> X86_64 { X86_64(try Options(options)) }

    /// Opens modules, and looks for ACPI's root pointer where a multiboot image takes it.
    public func prepared(for request: LoadRequest, on host: HostState) throws -> X86_64 {
        X86_64(try options.opened(for: request, on: host))
    }

    /// arch/x86/kernel/crash.c, arch_crash_handle_hotplug_event: elfcorehdr, and only it.
    public func kernelRewritesOnHotplug(_ role: SegmentRole) -> Bool { role == .elfcorehdr }

    /// CONFIG_CRASH_HOTPLUG came to x86 with Linux 6.6.
    public var firstKernelWithHotplug: KernelRelease? { KernelRelease(major: 6, minor: 6) }

    /// Linux 6.6 to 6.9 know only KEXEC_UPDATE_ELFCOREHDR, which promises the same here, where
    /// elfcorehdr alone is excluded.
    public func olderHotplugFlags(for release: KernelRelease?) -> KexecFlags? {
        guard let release, release >= KernelRelease(major: 6, minor: 6), release < KernelRelease(major: 6, minor: 10) else { return nil }
        return .updateElfcorehdr
    }

    /// Where the running kernel has its text and RAM, which KASLR moves.
    public func preconditions(of plan: LoadPlan, on host: HostState) -> [Precondition] {
        guard plan.purpose == .crash, let core = host.kernelCore else { return [] }
        return KernelMappings.preconditions(
            text: host.kernelText(linkedAtOrAbove: Layout.kernelMap), directMap: core.directMapping(below: Layout.kernelMap), of: core)
    }

    /// `mem=` is an address, and there is `memmap=`.
    public var memoryParameters: MemoryParameters.Dialect { .addresses }

    /// ACPI memory devices are the machine's, whoever loads: a capture kernel that has a driver for them onlines what is plugged into
    /// them (drivers/acpi/acpi_memhotplug.c). Where no devices are shown, an image that follows hotplug is taken for a sign of them.
    public func warnings(of request: LoadRequest, on host: HostState) -> [String] {
        guard request.purpose == .crash, host.hasACPIMemoryDevices ?? request.hotplug, !request.commandLine.contains("acpi_no_memhotplug")
        else { return [] }
        return [
            "the command line lacks acpi_no_memhotplug: a capture kernel with ACPI memory hotplug takes hot-added memory for its own and overwrites what should be dumped"
        ]
    }

    /// Chooses by the kind of image and the way to enter it. Throws in confidential guests.
    public func draft(_ request: LoadRequest, on host: HostState) throws(PlanError) -> LoadDraft {
        if let guest = host.confidentialGuest { throw .confidentialGuest(guest) }
        var options = options
        // To kexec-tools this is the type of the 32-bit entry alone.
        if request.type == .bzImage, options.entry == nil { options.entry = .bits32 }
        if options.arguments != .linux { return try ProgramLoad(request, options, on: host).draft() }
        if let version = MultibootImage.version(of: request.kernel.contents.bytes, type: request.type) {
            return try MultibootLoad(request, options, version: version, on: host).draft()
        }
        if let module = options.modules.first {
            throw .unsuitable(module.file.name, "only a multiboot image takes modules, and \(request.kernel.name) is not loaded as one")
        }
        return switch options.entry {
        case .realMode: try RealModeLoad(request, options, on: host).draft()
        case .bits64, .bits32, nil: try Load(request, options, on: host).wholeDraft()
        }
    }

    /// Purgatory alone, which maps the other kernel's page before it jumps there.
    public func draftJumpBack(
        to target: PhysicalAddress, limitedTo window: PhysicalRange?, on host: HostState
    ) throws(PlanError) -> LoadDraft {
        try JumpBackLoad(to: target, on: host).draft(limitedTo: window)
    }
}

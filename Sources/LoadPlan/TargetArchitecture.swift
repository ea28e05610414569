import ELF
import HostState
import PhysicalMemory
import Purgatory

/// Everything that one architecture does differently, and what the user asks of it by options that only it has. The core
/// knows no other distinction.
public protocol TargetArchitecture: Sendable {
    /// Its names and numbers.
    var machine: Machine { get }
    /// The machine with what a load needs to have read beyond `HostState`: the files that its own options name, and what of
    /// the machine only few loads look at.
    func prepared(for request: LoadRequest, on host: HostState) throws -> Self

    /// Segments are made of whole pages of this size: the largest that kernels of the architecture are
    /// built with, since no file shows which one the running kernel has.
    var pageSize: ByteCount { get }

    /// The hook that every segment is put to when hotplug is wanted: may a kernel of this architecture that says so in sysfs
    /// rewrite it when memory or CPUs come and go?
    func kernelRewritesOnHotplug(_ role: SegmentRole) -> Bool

    /// The first kernel of the architecture that updates crash images; nil where none was released. Whether the running one does is read
    /// from sysfs; this is for advice alone.
    var firstKernelWithHotplug: KernelRelease? { get }

    /// For a kernel of that release, the flags that say the same as
    /// KEXEC_CRASH_HOTPLUG_UPDATE in an older way; nil where there are none.
    func olderHotplugFlags(for release: KernelRelease?) -> KexecFlags?

    /// How its kernels read `mem=` and `memmap=`.
    var memoryParameters: MemoryParameters.Dialect { get }

    /// What the user should know of such a load on this machine, by whichever call it is made.
    func warnings(of request: LoadRequest, on host: HostState) -> [String]

    /// Chooses the segments and their places.
    func draft(_ request: LoadRequest, on host: HostState) throws(PlanError) -> LoadDraft

    /// What a plan for this architecture needs to be true of the machine beyond release, boot, memory and
    /// the places of the notes (`LoadPlan.preconditions`).
    func preconditions(of plan: LoadPlan, on host: HostState) -> [Precondition]

    /// The program headers of an elfcorehdr that is made now: the notes of the CPUs in the order of their numbers, that of VMCOREINFO,
    /// and the memory. A loaded one is compared with it.
    func coreHeaders(on host: HostState) throws(PlanError) -> [ProgramHeader]

    /// The image that leads back to the kernel that started this one and kept its context.
    /// - Parameters:
    ///   - target: where that kernel goes on
    ///   - window: nothing is placed outside; nil for anywhere
    func draftJumpBack(
        to target: PhysicalAddress, limitedTo window: PhysicalRange?, on host: HostState
    ) throws(PlanError) -> LoadDraft
}

extension TargetArchitecture {
    /// As uname -m prints it.
    public var name: String { machine.name }

    /// As everywhere but on x86.
    public var memoryParameters: MemoryParameters.Dialect { .amount }

    /// Nothing beyond what a plan says.
    public func warnings(of request: LoadRequest, on host: HostState) -> [String] { [] }

    /// Nothing more is read.
    public func prepared(for request: LoadRequest, on host: HostState) throws -> Self { self }

    /// None beyond those of every plan.
    public func preconditions(of plan: LoadPlan, on host: HostState) -> [Precondition] { [] }

    /// Throws: only few kernels jump back.
    public func draftJumpBack(
        to target: PhysicalAddress, limitedTo window: PhysicalRange?, on host: HostState
    ) throws(PlanError) -> LoadDraft {
        throw .entry("--load-jump-back-helper", "only x86 kernels jump back")
    }
}

/// An architecture's choice of segments, before digest and flags.
public struct LoadDraft: Sendable {
    /// All but purgatory.
    public var segments: [PlacedSegment]
    /// Patched with everything but the digest and what it covers.
    public var purgatory: PurgatoryImage
    /// Where purgatory lies, in whole pages.
    public var purgatoryMemory: PhysicalRange
    /// The new kernel's, with what was added.
    public var commandLine: KernelCommandLine
    /// The memory that the segments could be placed in, in address order.
    public var usableMemory: [PhysicalRange]
    /// RAM of the memory map that the image hands to the next kernel, in any order; nil where it hands over none. The finished plan is
    /// checked against it.
    public var nextKernelRAM: [PhysicalRange]?
    /// What the user should know though the plan can be carried out.
    public var warnings: [String]

    /// Made by an architecture.
    public init(
        segments: [PlacedSegment], purgatory: PurgatoryImage, purgatoryMemory: PhysicalRange, commandLine: KernelCommandLine,
        usableMemory: [PhysicalRange], nextKernelRAM: [PhysicalRange]?, warnings: [String]
    ) {
        self.segments = segments
        self.purgatory = purgatory
        self.purgatoryMemory = purgatoryMemory
        self.commandLine = commandLine
        self.usableMemory = usableMemory
        self.nextKernelRAM = nextKernelRAM
        self.warnings = warnings
    }
}

import ByteStorage
import HostState
import KernelImage
import PhysicalMemory
import Purgatory

/// What the user asks to have loaded, on whatever machine: what one machine alone has is in the options of that machine.
/// Files are already opened, and the kernel taken out of its wrapper: from here on planning is pure.
public struct LoadRequest: Sendable {
    /// A file's bytes, and its name for messages.
    public struct File<Contents: Sendable>: Sendable {
        /// As the user named it.
        public let name: String
        /// What was read of it.
        public let contents: Contents

        /// A file that was opened.
        public init(name: String, contents: Contents) {
            self.name = name
            self.contents = contents
        }
    }

    /// When the image is entered.
    public var purpose: LoadPlan.Purpose
    /// The kernel, out of its wrapper.
    public var kernel: File<KernelFile>
    /// Nil without one.
    public var initrd: File<Bytes>?
    /// What the kernel is by `-t`; nil to go by the file.
    public var type: ImageType?
    /// What the user gave; the planner adds what the capture kernel needs.
    public var commandLine: KernelCommandLine
    /// This kernel keeps its context, and goes on when the new one jumps back.
    public var preservesContext = false
    /// Whether a crash image stays right when memory and CPUs come and go.
    public var hotplugChoice = HotplugChoice.whereOffered
    /// Purgatory checks the digest (not `-i`).
    public var checksDigest = true
    /// What purgatory does when the check fails.
    public var onMismatch = PurgatoryImage.MismatchAction.halt
    /// Nothing is placed outside; nil for anywhere.
    public var memoryWindow: PhysicalRange?
    /// The old kernel enters the image here, past purgatory; nil for purgatory.
    public var entryAddress: PhysicalAddress?
    /// State of the running kernel that may be lost (`--drop-handover`).
    public var droppedHandover: Set<Handover> = []
    /// What was found while the files were read and the user should know.
    public var warnings: [String] = []
    /// 32 bytes of entropy for the new kernel.
    public var rngSeed: [UInt8]

    /// A request with no option set.
    public init(
        purpose: LoadPlan.Purpose, kernel: File<KernelFile>, initrd: File<Bytes>?, commandLine: KernelCommandLine,
        rngSeed: [UInt8]
    ) {
        self.purpose = purpose
        self.kernel = kernel
        self.initrd = initrd
        self.commandLine = commandLine
        self.rngSeed = rngSeed
    }
}

extension LoadRequest {
    /// Whether the image is one that the running kernel updates. An architecture is only asked for a draft when that is settled:
    /// `whereOffered` is then one of the two others.
    public var hotplug: Bool {
        get { hotplugChoice == .promised }
        set { hotplugChoice = newValue ? .promised : .off }
    }
}

import ByteStorage
import DeviceTree
import HostState
import KernelImage
import PhysicalMemory
import Purgatory

/// What the user asks to have loaded. Files are already opened, and the kernel taken out of its wrapper:
/// from here on planning is pure.
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

    /// A module of a multiboot image.
    public struct Module: Sendable {
        /// As the user named it.
        public let name: String
        /// The whole file.
        public let contents: Bytes
        /// The string of the module that the image gets: the words the user gave, the file's name first.
        public let text: [UInt8]

        /// A module that was opened.
        public init(name: String, contents: Bytes, text: [UInt8]) {
            self.name = name
            self.contents = contents
            self.text = text
        }
    }

    /// What becomes of the PC's screen.
    public struct Screen: Sendable {
        /// Purgatory reports on the VGA's text screen.
        public var isConsole = false
        /// Purgatory puts the VGA into text mode.
        public var isReset = false
        /// The new kernel is given the screen that this boot's firmware set up, whoever drives it now.
        public var keepsFirmwareMode = false

        /// The screen is left alone.
        public init() {}
    }

    /// When the image is entered.
    public var purpose: LoadPlan.Purpose
    /// The kernel, out of its wrapper.
    public var kernel: File<KernelFile>
    /// Nil without one.
    public var initrd: File<Bytes>?
    /// What the kernel is by `-t`; nil to go by the file.
    public var type: ImageType?
    /// For a multiboot image: ACPI's root pointer, where the machine's firmware cannot be searched
    /// for it.
    public var acpiRoot: ACPIRootPointer?
    /// For a multiboot image, in the order they were given.
    public var modules: [Module] = []
    /// What the user gave; the planner adds what the capture kernel needs.
    public var commandLine: KernelCommandLine
    /// This kernel keeps its context, and goes on when the new one jumps back.
    public var preservesContext = false
    /// The image must stay right when memory and CPUs come and go.
    public var hotplug = false
    /// Purgatory checks the digest (not `-i`).
    public var checksDigest = true
    /// What purgatory does when the check fails.
    public var onMismatch = PurgatoryImage.MismatchAction.halt
    /// Nothing is placed outside; nil for anywhere.
    public var memoryWindow: PhysicalRange?
    /// Where purgatory reports on a PC; nil for what the command line names.
    public var serialPort: SerialPort?
    /// The same on a machine whose ports lie in memory: what the user named, and what the running kernel
    /// knows under that name.
    public var serialName: String?
    /// What the running kernel knows under `serialName`; nil where it is no port.
    public var serialDevice: SerialDevice?
    /// EFI's tables are handed to the new kernel (not `--noefi`).
    public var handsOverEFI = true
    /// How an x86 kernel is to be entered; nil for the best way that the file has.
    public var entry: KernelEntry?
    /// Purgatory switches the caches on for the check, where the architecture starts it with them off
    /// (not `--purgatory-cache=off`).
    public var purgatoryUsesCaches = true
    /// What an ELF file is given.
    public var arguments = ProgramArguments.linux
    /// The old kernel enters the image here, past purgatory; nil for purgatory.
    public var entryAddress: PhysicalAddress?
    /// What becomes of the PC's screen.
    public var screen = Screen()
    /// A capture kernel gets its memory map on the command line, too.
    public var passesMemoryMap = false
    /// What is changed for the new kernel (`--dtb`); nil for the machine's own.
    public var deviceTree: File<DeviceTree>?
    /// On ppc64le a command line without `root=` gets the running kernel's (not `--dt-no-old-root`).
    public var takesOldRoot = true
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

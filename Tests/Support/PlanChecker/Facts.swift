/// What the checker is given: plain values, none of them a type of the program. This module uses no other.

public enum CheckedArchitecture: Sendable {
    case x86_64, ppc64le, aarch64, riscv64

    /// e_machine, which kexec_load(2) wants in the upper half of its flags (include/uapi/linux/kexec.h).
    var machine: UInt64 {
        switch self {
        case .x86_64: 62
        case .ppc64le: 21
        case .aarch64: 183
        case .riscv64: 243
        }
    }

    /// The largest page that kernels of the architecture are built with.
    var page: UInt64 { [.x86_64, .riscv64].contains(self) ? 0x1000 : 0x1_0000 }
}

/// The machine as it is, not as its files have it.
public struct CheckedMachine: Sendable {
    public var architecture: CheckedArchitecture
    /// All that the running kernel counts as RAM, the memory of drivers with it.
    public var ram = AddressSet()
    /// Of it what a driver has added (IORESOURCE_SYSRAM_DRIVER_MANAGED).
    public var driverManaged = AddressSet()
    /// What the running kernel, or firmware, keeps anything from being put into.
    public var reserved = AddressSet()
    /// What firmware called RAM when this kernel booted; nil where no file shows it.
    public var firmwareRAM: AddressSet?
    /// What is no RAM, by the name that Linux has for it.
    public var notRAM: [(extent: Extent, name: String)] = []
    /// In address order.
    public var crashRegions: [Extent] = []
    /// RAM that the capture kernel gets beside them, and no dump has.
    public var crashCMA = AddressSet()
    public var crashNotes: [Extent] = []
    public var vmcoreinfo = Extent(0, 0)
    /// Where the running kernel's text is mapped; nil where it is nowhere but in the direct map.
    public var kernelText: (virtual: UInt64, extent: Extent)?
    /// What the running kernel adds to an address of RAM.
    public var directMap: UInt64 = 0
    /// MemTotal of /proc/meminfo.
    public var totalMemory: UInt64 = 0
    /// Bytes of program headers that sysfs names for an elfcorehdr that is rewritten; nil where none is.
    public var elfcorehdrCapacity: UInt64?
    /// What of RTAS and OPAL lies in RAM: the next kernel calls it.
    public var firmwareCode = AddressSet()
    /// On ppc64le, where code that runs with the MMU off has to end; nil for anywhere.
    public var realModeEnd: UInt64?
    /// Cores that there may be beside those of the device tree.
    public var missingCores = 0
    /// The kernel learns of its memory from EFI firmware, not from the device tree.
    public var memoryIsEFIs = false

    public init(_ architecture: CheckedArchitecture) { self.architecture = architecture }
}

/// The kernel that is to be loaded, by its file.
public enum CheckedKernel: Sendable {
    case bzImage(BzImage)
    /// ELF, x86: the PT_LOADs' physical addresses and sizes.
    case elf(pieces: [Extent], isRelocatable: Bool)
    /// vmlinux of ppc64: what it needs from its start on.
    case ppc64(memorySize: UInt64)
    case arm64(ARM64)
    /// Documentation/arch/riscv/boot-image-header.rst
    case riscv64(imageSize: UInt64)

    /// Documentation/arch/x86/boot.rst
    public struct BzImage: Sendable {
        public var prefAddress: UInt64
        public var initSize: UInt64
        public var alignment: UInt64
        public var isRelocatable: Bool
        /// The 64-bit entry is used; xloadflags bit 1 is set.
        public var canBeAbove4G: Bool
        public var initrdAddressMax: UInt64
        public var commandLineSize: UInt64

        public init(
            prefAddress: UInt64, initSize: UInt64, alignment: UInt64, isRelocatable: Bool, canBeAbove4G: Bool, initrdAddressMax: UInt64,
            commandLineSize: UInt64
        ) {
            self.prefAddress = prefAddress
            self.initSize = initSize
            self.alignment = alignment
            self.isRelocatable = isRelocatable
            self.canBeAbove4G = canBeAbove4G
            self.initrdAddressMax = initrdAddressMax
            self.commandLineSize = commandLineSize
        }
    }

    /// Documentation/arch/arm64/booting.rst
    public struct ARM64: Sendable {
        public var textOffset: UInt64
        public var imageSize: UInt64
        public var fileSize: UInt64

        public init(textOffset: UInt64, imageSize: UInt64, fileSize: UInt64) {
            self.textOffset = textOffset
            self.imageSize = imageSize
            self.fileSize = fileSize
        }
    }
}

/// What was asked for.
public struct CheckedRequest: Sendable {
    public var isCrash: Bool
    public var hotplug: Bool
    public var checksDigest: Bool
    public var kernel: CheckedKernel
    public var initrd: [UInt8]?
    public var commandLine: [UInt8]
    /// --mem-min and --mem-max.
    public var window: Extent?

    public init(
        isCrash: Bool, hotplug: Bool, checksDigest: Bool, kernel: CheckedKernel, initrd: [UInt8]?, commandLine: [UInt8], window: Extent?
    ) {
        self.isCrash = isCrash
        self.hotplug = hotplug
        self.checksDigest = checksDigest
        self.kernel = kernel
        self.initrd = initrd
        self.commandLine = commandLine
        self.window = window
    }
}

/// A segment as kexec_load(2) gets it, and what it is for.
public struct CheckedSegment: Sendable {
    public var role: String
    public var memory: Extent
    public var bytes: [UInt8]

    public init(role: String, memory: Extent, bytes: [UInt8]) {
        self.role = role
        self.memory = memory
        self.bytes = bytes
    }
}

/// What came out.
public struct CheckedImage: Sendable {
    public var entry: UInt64
    public var flags: UInt64
    public var segments: [CheckedSegment]
    /// Nil where purgatory checks none.
    public var digest: [UInt8]?

    public init(entry: UInt64, flags: UInt64, segments: [CheckedSegment], digest: [UInt8]?) {
        self.entry = entry
        self.flags = flags
        self.segments = segments
        self.digest = digest
    }
}

/// A rule that was broken, and how.
public struct Violation: Sendable, CustomStringConvertible {
    public var rule: String
    public var what: String

    public init(rule: String, what: String) {
        self.rule = rule
        self.what = what
    }

    public var description: String { "\(rule): \(what)" }
}

import PhysicalMemory

/// What is registered with the firmware: where it puts what it saves at a crash
/// (/sys/kernel/debug/powerpc/fadump_region). In the capture kernel: where it has put it.
public struct FadumpRegions: Hashable, Sendable {
    /// The file, which root can read while debugfs is mounted.
    public static let name = "sys/kernel/debug/powerpc/fadump_region"

    /// Room for what the firmware itself writes. It may be empty, as room for a hash page table is
    /// on a machine with radix page tables.
    public struct Area: Hashable, Sendable {
        /// Where it begins.
        public var start: PhysicalAddress
        /// The room there is.
        public var size: ByteCount
        /// Bytes that the firmware has written.
        public var dumped: ByteCount

        /// An area that was read of the kernel.
        public init(start: PhysicalAddress, size: ByteCount, dumped: ByteCount = .zero) {
            self.start = start
            self.size = size
            self.dumped = dumped
        }
    }

    /// A region of boot memory, which the firmware copies away because the capture kernel runs there.
    public struct BootMemory: Hashable, Sendable {
        /// Where it is before a crash.
        public var source: PhysicalAddress
        /// Where it is after one.
        public var destination: PhysicalAddress
        /// How much is copied.
        public var size: ByteCount
        /// Bytes that the firmware has copied.
        public var dumped: ByteCount

        /// A region that was read of the kernel.
        public init(source: PhysicalAddress, destination: PhysicalAddress, size: ByteCount, dumped: ByteCount = .zero) {
            self.source = source
            self.destination = destination
            self.size = size
            self.dumped = dumped
        }
    }

    /// Memory for the arguments that the capture kernel gets beyond its own.
    public struct Parameters: Hashable, Sendable {
        /// Where it begins.
        public var start: PhysicalAddress
        /// The room there is, the NUL at the end included.
        public var size: ByteCount
        /// The arguments now.
        public var text: String

        /// What was read of the kernel.
        public init(start: PhysicalAddress, size: ByteCount, text: String) {
            self.start = start
            self.size = size
            self.text = text
        }
    }

    /// A region of a type that the kernel which shows it does not know: the crashed kernel's, which was newer.
    public struct Unknown: Hashable, Sendable {
        /// source_data_type.
        public var type: UInt64
        /// Where it is before a crash.
        public var source: PhysicalAddress
        /// Where it is after one.
        public var destination: PhysicalAddress

        /// What was read of the kernel, which shows no size.
        public init(type: UInt64, source: PhysicalAddress, destination: PhysicalAddress) {
            self.type = type
            self.source = source
            self.destination = destination
        }
    }

    /// Registers of all CPUs; nil on OPAL, whose firmware keeps them elsewhere.
    public var cpuState: Area?
    /// The hash page table.
    public var hashPageTable: Area?
    /// In the order in which they are printed.
    public var bootMemory: [BootMemory]
    /// Nil where the kernel has no room for arguments.
    public var parameters: Parameters?
    /// What older kernels list besides in the capture kernel: the memory that was left in place.
    public var preserved: Area?
    /// While a dump is active: memory from here on is kept for it.
    public var reservedFrom: PhysicalAddress?
    /// In the order in which they are printed.
    public var unknown: [Unknown]

    /// Without arguments: what the kernel shows while fadump is disabled.
    public init(
        cpuState: Area? = nil, hashPageTable: Area? = nil, bootMemory: [BootMemory] = [], parameters: Parameters? = nil,
        preserved: Area? = nil, reservedFrom: PhysicalAddress? = nil, unknown: [Unknown] = []
    ) {
        self.cpuState = cpuState
        self.hashPageTable = hashPageTable
        self.bootMemory = bootMemory
        self.parameters = parameters
        self.preserved = preserved
        self.reservedFrom = reservedFrom
        self.unknown = unknown
    }

    /// The kernel prints nothing while fadump is disabled.
    public var isEmpty: Bool { self == FadumpRegions() }

    /// Whether the firmware has saved a dump that was not released yet.
    public var isDumpActive: Bool {
        reservedFrom != nil || bootMemory.contains { $0.dumped > .zero }
            || [cpuState, hashPageTable, preserved].contains { $0?.dumped ?? .zero > .zero }
    }
}

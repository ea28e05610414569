import ELF
import HostState
import PhysicalMemory

/// What fadump takes of a machine's memory, by either scheme (arch/powerpc/kernel/fadump.c,
/// fadump_calculate_reserve_size and get_fadump_area_size).
public struct FadumpSizes: Hashable, Sendable {
    /// What firmware the machine has.
    public enum Platform: String, Hashable, Sendable, CaseIterable {
        /// A partition of PowerVM or a KVM guest.
        case pseries
        /// OPAL firmware on bare metal.
        case powernv

        /// The least boot memory that the kernel takes (RTAS_FADUMP_MIN_BOOT_MEM, OPAL_FADUMP_MIN_BOOT_MEM).
        public var leastBootMemory: ByteCount { self == .pseries ? .mebibytes(320) : .mebibytes(768) }
        /// The most that firmware copies as one region, but for a page: OPAL has 32 bits for a size (max_copy_size).
        func largestRegion(page: ByteCount) -> UInt64 { self == .pseries ? .max : (1 << 32) - page.rawValue }

        /// By the device tree below `root`; nil where it is of neither.
        public static func read(_ root: SystemRoot) -> Platform? {
            if root.exists("proc/device-tree/ibm,opal") { return .powernv }
            return root.exists("proc/device-tree/rtas") ? .pseries : nil
        }

        /// The kernel's own notes of what it registered (struct opal_fadump_mem_struct, below a page).
        func metadata(page: ByteCount) -> ByteCount { self == .pseries ? .zero : page }
    }

    /// The machine and the kernel that is planned for.
    public struct Machine: Hashable, Sendable {
        /// All memory at boot.
        public var memory: ByteCount
        /// What crashkernel= asks for; nil where it is not given.
        public var crashKernel: ByteCount?
        /// What fadump_reserve_mem= asks for, where crashkernel= is not given; nothing caps it.
        public var reserveParameter: ByteCount?
        /// Kernels before Linux 5.18 make boot memory a multiple of what CMA wants, unless they are told fadump=nocma.
        public var isAlignedForCMA = false
        /// Decides the least boot memory, and whether there is metadata.
        public var platform = Platform.pseries
        /// The kernel's page size.
        public var page = ByteCount.kibibytes(64)
        /// Room for the CPUs' registers, as the firmware asks for it.
        public var cpuState = ByteCount.zero
        /// Room for the hash page table; none with radix page tables.
        public var hashPageTable = ByteCount.zero
        /// Bytes of struct pt_regs.
        public var registers: UInt32 = 384
        /// Bytes of struct cpumask: a bit for each of NR_CPUS.
        public var cpuMask: UInt32 = 256
        /// Ranges of memory at boot.
        public var memoryRegions = 1
        /// Ranges of boot memory.
        public var bootRegions = 1

        /// A pseries machine with that much memory, a kernel of 64 KiB pages and 2048 CPUs.
        public init(memory: ByteCount) { self.memory = memory }
    }

    /// What one scheme makes of it.
    public struct Scheme: Hashable, Sendable {
        /// The crash info header.
        public let header: ByteCount
        /// Room for the elfcorehdr in the reserved area; zero where it is not kept there.
        public let elfcorehdrRoom: ByteCount
        /// The whole reserved area.
        public let reserved: ByteCount
    }

    /// What the capture kernel boots in, and the firmware copies away before.
    public let bootMemory: ByteCount
    /// Whether crashkernel= asks for more than a quarter of the memory, which is the most there is.
    public let isCapped: Bool
    /// CPU state and hash page table in whole pages.
    public let firmwareAreas: ByteCount
    /// The kernel's own notes of what it registered; none on pseries.
    public let metadata: ByteCount
    /// Kernels before Linux 6.10.
    public let older: Scheme
    /// Linux 6.10 and newer.
    public let newer: Scheme
    /// What a capture kernel of the newer scheme allocates to make its elfcorehdr in.
    public let captureBuffer: ByteCount

    /// More memory ranges than any machine has; the file that lists them is cut off there, too.
    public static let mostRegions = 1 << 20

    /// Computes all of it. Throws where fadump cannot be had there.
    public init(_ machine: Machine) throws(FadumpSizesError) {
        let quarter = ByteCount(machine.memory.rawValue / 4)
        isCapped = machine.crashKernel.map { $0 > quarter } ?? false
        bootMemory = try Self.bootMemory(machine, quarter: quarter)
        firmwareAreas = try Self.aligned(try Self.sum([machine.cpuState, machine.hashPageTable]), machine.page)
        metadata = machine.platform.metadata(page: machine.page)

        let structures = UInt64(machine.registers) + UInt64(machine.cpuMask)
        let olderHeader = ByteCount(UInt64(OlderCrashInfo.fixedSize) + structures)
        let headers = Self.programHeaders(machine, bootMemory)
        let beforePadding = try Self.sum([firmwareAreas, bootMemory, olderHeader, Self.elfSize(1 + machine.memoryRegions + 2)])
        let padded = try Self.aligned(beforePadding, machine.page)
        let room = padded.rawValue - firmwareAreas.rawValue - bootMemory.rawValue - olderHeader.rawValue
        older = Scheme(header: olderHeader, elfcorehdrRoom: ByteCount(room), reserved: try Self.sum([padded, metadata]))

        let newerHeader = ByteCount(UInt64(CrashInfo.fixedSize) + structures)
        newer = Scheme(
            header: newerHeader, elfcorehdrRoom: .zero, reserved: try Self.sum([firmwareAreas, bootMemory, newerHeader, metadata]))
        captureBuffer = try Self.aligned(Self.elfSize(headers), machine.page)

        // The reserved area lies above boot memory.
        guard let needed = bootMemory.adding(older.reserved), needed <= machine.memory else {
            throw .doesNotFit(bootMemory: bootMemory, reserved: older.reserved, memory: machine.memory)
        }
    }

    /// As many PT_LOADs as the older scheme's room holds beside the notes of the CPUs and VMCOREINFO.
    public var olderLoads: UInt64 {
        (older.elfcorehdrRoom.rawValue - UInt64(CoreHeader.size(programHeaders: 2))) / UInt64(ProgramHeader.size)
    }

    /// FADUMP_CMA_ALIGNMENT, a page of the highest order that the kernel's allocator had: 2^8 of 64 KiB, 2^12 of 4 KiB.
    public static let alignmentForCMA = ByteCount.mebibytes(16)

    private static func bootMemory(_ machine: Machine, quarter: ByteCount) throws(FadumpSizesError) -> ByteCount {
        let least = machine.platform.leastBootMemory
        let alignment = machine.isAlignedForCMA ? alignmentForCMA : machine.page
        let asked = [machine.crashKernel.map { min($0, quarter) }, machine.reserveParameter].compactMap { $0 }.first { $0 > .zero }
        guard let asked else {
            // 5 % in steps of 256 MiB.
            let twentieth = machine.memory.rawValue / 20
            return try aligned(max(ByteCount(twentieth & ~0x0fff_ffff), least), alignment)
        }
        let size = try aligned(asked, alignment)
        guard size >= least else { throw .tooLittle(size, least: least, platform: machine.platform) }
        return size
    }

    /// The notes of the CPUs and VMCOREINFO, boot memory, memory.
    private static func programHeaders(_ machine: Machine, _ bootMemory: ByteCount) -> Int {
        let largest = machine.platform.largestRegion(page: machine.page)
        // One region for each part that firmware copies at once.
        let parts = Int(clamping: (bootMemory.rawValue - 1) / largest + 1)
        return 2 + max(machine.bootRegions, parts) + machine.memoryRegions
    }

    private static func elfSize(_ programHeaders: Int) -> ByteCount { ByteCount(CoreHeader.size(programHeaders: programHeaders)) }

    private static func sum(_ sizes: [ByteCount]) throws(FadumpSizesError) -> ByteCount {
        var sum = ByteCount.zero
        for size in sizes {
            guard let next = sum.adding(size) else { throw .overflow }
            sum = next
        }
        return sum
    }

    private static func aligned(_ size: ByteCount, _ page: ByteCount) throws(FadumpSizesError) -> ByteCount {
        guard let aligned = size.alignedUp(to: page) else { throw .overflow }
        return aligned
    }
}

/// Why fadump cannot be had with these sizes.
public enum FadumpSizesError: Error, Equatable, CustomStringConvertible {
    /// Boot memory below the platform's least: the kernel makes a reservation for kdump instead.
    case tooLittle(ByteCount, least: ByteCount, platform: FadumpSizes.Platform)
    /// Boot memory and the reserved area above it exceed the memory.
    case doesNotFit(bootMemory: ByteCount, reserved: ByteCount, memory: ByteCount)
    /// A sum of sizes beyond 64 bits.
    case overflow

    public var description: String {
        switch self {
        case .tooLittle(let size, let least, let platform):
            "boot memory of \(size) is below the \(least) that fadump needs on \(platform.rawValue): the kernel reserves memory for kdump instead, fadump stays disabled"
        case .doesNotFit(let bootMemory, let reserved, let memory):
            "boot memory of \(bootMemory) and a reserved area of \(reserved) above it do not fit into \(memory) of memory"
        case .overflow: "the sizes add up to more than 64 bits hold"
        }
    }
}

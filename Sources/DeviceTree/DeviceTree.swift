import PhysicalMemory

/// A device tree as a value: the description of a machine that firmware and kernels hand to the next kernel
/// (Devicetree Specification, release v0.4). It is read from and written as a flattened tree, the
/// blob of chapter 5.
public struct DeviceTree: Hashable, Sendable {
    /// Memory that the next kernel must leave alone, in the order of the memory reservation block.
    /// The ranges may overlap.
    public var reservations: [PhysicalRange]
    /// boot_cpuid_phys: the hardware id of the CPU that enters the kernel.
    public var bootCPU: UInt32
    /// The node `/`, whose name is empty.
    public var root: Node

    /// An empty tree, or one that is made in memory.
    public init(root: Node = Node(""), reservations: [PhysicalRange] = [], bootCPU: UInt32 = 0) {
        self.root = root
        self.reservations = reservations
        self.bootCPU = bootCPU
    }

    /// The first bytes of a blob.
    public static let magic: [UInt8] = bigEndian(FlattenedHeader.magic)

    /// How deep nodes may be nested, the root counted: FDT_MAX_DEPTH of drivers/of/fdt.c.
    public static let maximumDepth = 64

    /// Bytes of the name of a node or a property: NAME_MAX of <linux/limits.h>, for the kernel shows
    /// each of them as a file. (The specification asks for 31, which real trees exceed.)
    public static let maximumNameLength = 255

    /// Bytes of a blob that is read or written: eight times what arm64 kernels map of it
    /// (MAX_FDT_SIZE of arch/arm64/include/asm/boot.h, 2 MiB). Other kernels state no limit.
    public static let maximumSize = 16 << 20
}

import DeviceTree
import PhysicalMemory

/// What can be reached with the MMU off, as purgatory, its tree and the first steps of a kernel are: in a partition whose MMU uses a
/// hashed page table, the real mode area alone (hash__setup_initial_memory_limit() of arch/powerpc/mm/book3s64/hash_utils.c; the
/// kernel's own loader keeps to the same limit, ppc64_rma_size in arch/powerpc/kexec/elf_64.c).
struct RealModeArea {
    /// Nil where everything can be reached.
    let memory: PhysicalRange?

    init(_ tree: DeviceTree) throws(DeviceTreeError) {
        guard Self.usesHashedTable(tree) else {
            memory = nil
            return
        }
        let first = try Self.firstBlock(tree)
        let limit = Self.knowsISA3(tree) ? Self.limitOfISA3 : Self.limitBefore
        memory = PhysicalRange(start: first.start, end: min(first.end, limit))
    }

    /// The range of a `reg` that begins lowest: its neighbours belong to other blocks, though nothing is between them.
    private static func firstBlock(_ tree: DeviceTree) throws(DeviceTreeError) -> PhysicalRange {
        var first: PhysicalRange?
        for node in tree.memoryNodes {
            for range in try node.ranges() ?? [] where first.map({ range.start < $0.start }) ?? true { first = range }
        }
        guard let first else { throw .noMemory }
        return first
    }

    // MARK: - Which table

    /// As early_check_vec5() of arch/powerpc/mm/init_64.c: a vector that is not there, or that ends before the byte, means hashed, for
    /// a hypervisor cuts it behind its last bit. Without a hypervisor there is no such limit.
    private static func usesHashedTable(_ tree: DeviceTree) -> Bool {
        guard tree.node("/ibm,opal") == nil else { return false }
        guard let options = tree.node("/chosen")?["ibm,architecture-vec-5"], options.count > mmuOption else { return true }
        return options[mmuOption] & mmuMask != mmuRadix
    }

    /// Option vector 5 of PAPR: the bits of its byte 24 that name the kind of MMU.
    private static let mmuOption = 24
    private static let mmuMask: UInt8 = 0xc0
    private static let mmuRadix: UInt8 = 0x40

    // MARK: - Limits of kernels

    private static let limitBefore = PhysicalAddress(1 << 30)
    private static let limitOfISA3 = PhysicalAddress(1 << 40)

    /// POWER9 and newer by cpu-version: what the hypervisor has the CPU pass for, or the register PVR
    /// (arch/powerpc/kernel/cputable.h, asm/reg.h). A CPU that the tree does not name passes for an older one.
    private static func knowsISA3(_ tree: DeviceTree) -> Bool {
        let cpus = tree.node("/cpus")?.children.filter { $0["device_type"] == Array("cpu\0".utf8) } ?? []
        return !cpus.isEmpty
            && cpus.allSatisfy { cpu in
                guard let version = try? cpu.u32("cpu-version") else { return false }
                return version >> 24 == logical ? version >= firstLogicalISA3 : registersOfISA3.contains(version >> 16)
            }
    }

    private static let logical: UInt32 = 0x0f
    private static let firstLogicalISA3: UInt32 = 0x0f00_0005
    /// PVR_POWER9, PVR_HX_C2000, PVR_POWER10, PVR_POWER11.
    private static let registersOfISA3: Set<UInt32> = [0x004e, 0x0066, 0x0080, 0x0082]
}

import DeviceTree
import ELF
import HostState
import LoadPlan
import PhysicalMemory

/// The device tree that this kernel was booted with, and what a new kernel that is handed it learns of memory.
public struct BootTree: Sendable {
    /// As firmware made it, or whoever wrote the file that was given; nothing of the last load is in it.
    public let tree: DeviceTree
    /// RAM as the new kernel learns of it.
    public let memory: [PhysicalRange]
    /// What of it nobody has reserved.
    public let freeMemory: [PhysicalRange]
    private let handsOverEFI: Bool

    /// What the EFI stub tells its kernel of the firmware (drivers/firmware/efi/fdtparams.c, libstub/fdt.c).
    private static let propertiesOfEFI = "linux,uefi-"

    /// Throws where the machine shows no tree, or the new kernel would not learn of memory.
    /// - Parameters:
    ///   - given: what takes its place (`--dtb`)
    ///   - handsOverEFI: EFI's tables are handed to the new kernel, too (not `--noefi`)
    public init(_ given: DeviceTree?, handsOverEFI: Bool, on host: HostState) throws(PlanError) {
        tree = try Self.tree(given, host)
        self.handsOverEFI = handsOverEFI
        // Without EFI the kernel takes the tree's word for what memory there is, and the EFI stub leaves none of it.
        guard handsOverEFI || !tree.memoryNodes.isEmpty else {
            throw .entry("--noefi", "the device tree names no memory: a kernel learns of it here by the EFI firmware alone")
        }
        // Under EFI the kernel asks firmware, whose map this kernel's is made of and nothing else shows; elsewhere it goes by the tree.
        let asksEFI = handsOverEFI && tree.node("/chosen")?["linux,uefi-mmap-start"] != nil
        guard !asksEFI, !tree.memoryNodes.isEmpty else {
            (memory, freeMemory) = (host.nextKernelRAM, host.nextKernelRAM)
            return
        }
        do throws(DeviceTreeError) {
            memory = try tree.memory()
            freeMemory = memory.subtracting(tree.reservations + (try tree.reservedMemory()))
        } catch {
            throw .deviceTree(error)
        }
    }

    private static func tree(_ given: DeviceTree?, _ host: HostState) throws(PlanError) -> DeviceTree {
        if let given { return given.withoutLastLoad() }
        if let blob = host.bootDeviceTree {
            do { return try DeviceTree(blob.span).withoutLastLoad(blobSize: blob.count) } catch { throw .deviceTree(error) }
        }
        guard let tree = host.deviceTree else {
            throw .notShown(host.root.file(HostState.bootDeviceTreeName), "the machine")
        }
        return tree.withoutLastLoad()
    }

    /// The tree with room for what the new kernel is told: cells at the root, and EFI's tables only where they are handed over.
    func prepared() throws(DeviceTreeError) -> DeviceTree {
        var tree = tree
        // The EFI stub's tree on a machine with ACPI describes nothing but what it tells the kernel.
        if tree.root["#address-cells"] == nil, tree.root["#size-cells"] == nil, tree.root.children.allSatisfy({ $0.name == "chosen" }) {
            tree.root.set("#address-cells", u32: 2)
            tree.root.set("#size-cells", u32: 2)
        }
        try tree.edit("/chosen", creating: true) { chosen in
            if !handsOverEFI { chosen.properties.removeAll { $0.name.hasPrefix(Self.propertiesOfEFI) } }
        }
        return tree
    }

    /// What a plan that carries the tree takes for granted: it, and where the running kernel has its text and RAM, which KASLR moves.
    /// - Parameters:
    ///   - isGiven: the user has named a file in its place
    ///   - text: the mapping of the kernel in /proc/kcore
    public static func preconditions(
        of plan: LoadPlan, treeIsGiven isGiven: Bool, text: ProgramHeader?, on host: HostState
    ) -> [Precondition] {
        let tree = isGiven ? [] : host.bootTreePrecondition.map { [$0] } ?? host.treePreconditions
        guard plan.purpose == .crash, let core = host.kernelCore else { return tree }
        return tree + KernelMappings.preconditions(text: text, directMap: host.directMap, of: core)
    }
}

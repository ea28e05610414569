import DeviceTree
import PhysicalMemory

/// What one kexec leaves in the device tree of the kernel that it starts, and what must not go on to the next one: addresses of
/// contents that are gone by then, the memory that was reserved for them, limits to memory that a capture kernel had.
///
/// It is what the kernel's own loader takes out (of_kexec_alloc_and_setup_fdt() and remove_ima_buffer() of drivers/of/kexec.c), and
/// what other loaders write beside that.
extension DeviceTree {
    /// The tree without it. What firmware has reserved stays: tables that CPUs wait in, its own code.
    /// - Parameter blobSize: bytes of the blob that the tree was read from (totalsize); nil where it was none
    public func withoutLastLoad(blobSize: Int? = nil) -> DeviceTree {
        var tree = self
        let gone = lastLoadMemory
        let kept = memoryThatCPUsWaitIn
        tree.reservations.removeAll { reservation in
            guard !kept.contains(where: { reservation.contains($0) }) else { return false }
            // Nothing shows where the old blob is, which boot loaders reserve by its totalsize.
            return reservation.size == blobSize.map { ByteCount($0) } || gone.contains { Self.isReservation(reservation, of: $0) }
        }
        for index in tree.root.children.indices {
            if Self.isChosen(tree.root.children[index]) {
                tree.root.children[index].properties.removeAll { Self.isOfLastLoad($0.name) }
            } else {
                // In nodes of memory a capture kernel alone finds these, which keep it from the crashed kernel's memory
                // (early_init_dt_scan_memory() of drivers/of/fdt.c, arch/powerpc/mm/drmem.c).
                for name in Self.memoryLimits { tree.root.children[index][name] = nil }
            }
        }
        return tree
    }

    // MARK: - Names

    private static let memoryLimits = ["linux,usable-memory", "linux,drconf-usable-memory"]
    /// Beside those that hold ranges; neither seed may ever be used twice.
    private static let namesInChosen: Set<String> = [
        "bootargs", "linux,initrd-start", "linux,initrd-end", "linux,usable-memory-range", "linux,elfcorehdr", "kaslr-seed", "rng-seed",
    ]
    /// The handover of memory between kernels (KHO, kho_add_chosen() of drivers/of/kexec.c).
    private static let handover = "linux,kho-"
    /// Buffers that the old kernel fills for one kernel alone: linux,ima-kexec-buffer, linux,tpm-kexec-buffer.
    private static let buffers = "-kexec-buffer"

    private static func isOfLastLoad(_ name: String) -> Bool { namesInChosen.contains(name) || isBuffer(name) || name.hasPrefix(handover) }

    private static func isBuffer(_ name: String) -> Bool { name.hasPrefix("linux,") && name.hasSuffix(buffers) }

    /// Kernels look for /chosen, and then for /chosen@0 (early_init_dt_scan_chosen() of drivers/of/fdt.c).
    private static func isChosen(_ node: Node) -> Bool { node.name == "chosen" || node.name == "chosen@0" }

    // MARK: - Memory

    /// Where the initrd and the buffers are that the properties name. A value that is none of theirs reserves nothing.
    private var lastLoadMemory: [PhysicalRange] {
        var memory: [PhysicalRange] = []
        for chosen in locatedRoot.children where Self.isChosen(chosen.node) {
            if let start = try? chosen.number("linux,initrd-start"), let end = try? chosen.number("linux,initrd-end"),
                let initrd = PhysicalRange(start: PhysicalAddress(start), end: PhysicalAddress(end))
            {
                memory.append(initrd)
            }
            for property in chosen.node.properties
            where Self.isBuffer(property.name) || property.name.hasPrefix(Self.handover) || property.name == "linux,elfcorehdr" {
                guard let cells = try? locatedRoot.cells(), let ranges = try? chosen.ranges(property.name, cells: cells) else { continue }
                memory += ranges
            }
        }
        return memory
    }

    /// cpu-release-addr of the enable-method spin-table (Documentation/arch/arm64/booting.rst): two cells, or one.
    private var memoryThatCPUsWaitIn: [PhysicalAddress] {
        node("/cpus")?.children.compactMap { cpu in (try? cpu.number("cpu-release-addr")).map { PhysicalAddress($0) } } ?? []
    }

    /// Loaders reserve what they loaded, or the pages that it lies in; none has larger ones than these.
    private static let largestPage = ByteCount.kibibytes(64)

    private static func isReservation(_ reservation: PhysicalRange, of memory: PhysicalRange) -> Bool {
        reservation.contains(memory) && reservation.start >= memory.start.alignedDown(to: largestPage)
            && memory.end.alignedUp(to: largestPage).map { reservation.end <= $0 } ?? false
    }
}

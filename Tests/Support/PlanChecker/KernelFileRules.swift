/// Where a kernel runs, by its file.
extension PlanChecker {
    func checkKernel() {
        let pieces = segments("kernel").map(\.memory).sorted { $0.start < $1.start }
        guard let first = pieces.first, let last = pieces.last else { return missing("a kernel") }
        let others = image.segments.filter { $0.role != "kernel" }
        switch request.kernel {
        case .bzImage(let kernel): checkBzImage(kernel, at: first)
        case .elf(let loads, let isRelocatable):
            let start = loads.map(\.start).min() ?? 0
            let slide = isRelocatable ? first.start &- start / 0x1000 * 0x1000 : 0
            for load in loads {
                let wanted = Extent(load.start &+ slide, load.end &+ slide)
                require(AddressSet(pieces).contains(wanted), "elf-load", "\(wanted) in \(pieces)")
            }
            // Linux is started with boot_params: what it needs between its pieces is its own.
            for other in others {
                require(!other.memory.overlaps(Extent(first.start, last.end)), "elf-gaps", "\(other.role) \(other.memory)")
            }
        case .ppc64(let size):
            require(last.end - first.start >= size, "kernel-size", "\(first)-\(last)")
            guard !request.isCrash else { break }
            // arch/powerpc/kernel/head_64.S, __after_prom_start: it copies itself to 0 and goes on there.
            for segment in image.segments {
                require(segment.memory.start >= size, "ppc64-copies-to-0", "\(segment.role) \(segment.memory)")
            }
        case .arm64(let kernel): checkARM64(kernel, pieces, others)
        case .riscv64(let imageSize): checkRISCV64(imageSize: imageSize, pieces)
        }
        if let end = machine.realModeEnd {
            for segment in image.segments where ["kernel", "purgatory", "fdt", "backup"].contains(segment.role) {
                require(segment.memory.end <= end, "real-mode-area", "\(segment.role) \(segment.memory) up to \(hex(end))")
            }
        }
    }

    /// Documentation/arch/x86/boot.rst; arch/x86/boot/compressed/head_64.S for a place below pref_address.
    private func checkBzImage(_ kernel: CheckedKernel.BzImage, at memory: Extent) {
        require(memory.size >= kernel.initSize, "init-size", "\(memory) for \(hex(kernel.initSize))")
        if kernel.isRelocatable {
            require(memory.start % kernel.alignment == 0, "kernel-alignment", "\(memory) by \(hex(kernel.alignment))")
            require(memory.start >= kernel.prefAddress, "pref-address", "\(memory) below \(hex(kernel.prefAddress))")
        } else {
            require(memory.start == kernel.prefAddress, "only-place", "\(memory) for \(hex(kernel.prefAddress))")
        }
        require(memory.start >= 1 << 20, "kernel-below-1M", "\(memory)")
        guard !kernel.canBeAbove4G else { return }
        for segment in image.segments where segment.role != "elfcorehdr" {
            require(segment.memory.end <= 1 << 32, "below-4G", "\(segment.role) \(segment.memory)")
        }
        if let initrd = segment("initrd") {
            let last = initrd.memory.start + UInt64(initrd.bytes.count) - 1
            require(last <= kernel.initrdAddressMax, "initrd-addr-max", "\(hex(last)) above \(hex(kernel.initrdAddressMax))")
        }
    }

    /// Documentation/arch/riscv/boot.rst; arch/riscv/mm/init.c, create_fdt_early_page_table, for the tree
    private func checkRISCV64(imageSize: UInt64, _ pieces: [Extent]) {
        guard let first = pieces.first, let last = pieces.last, let bytes = segment("kernel")?.bytes else { return }
        require(bytes.starts(at: 0x38, with: [0x52, 0x53, 0x43, 0x05]), "riscv-image-first", "")
        require(first.start % (2 << 20) == 0, "riscv-alignment", "\(first)")
        require(last.end - first.start >= imageSize, "riscv-image-size", "\(first)-\(last) for \(hex(imageSize))")
        if let tree = segment("fdt") {
            require(tree.memory.start % 8 == 0 && tree.bytes.count <= 2 << 20, "riscv-tree", "\(tree.memory)")
        }
        // The old kernel comes to purgatory by stvec, whose lowest bits are a mode.
        require(image.entry % 4 == 0, "riscv-entry", hex(image.entry))
    }

    /// Documentation/arch/arm64/booting.rst
    private func checkARM64(_ kernel: CheckedKernel.ARM64, _ pieces: [Extent], _ others: [CheckedSegment]) {
        guard let first = pieces.first, let last = pieces.last, let bytes = segment("kernel")?.bytes else { return }
        // An image of size 0 is one before 3.17, at 0x80000, and takes what lies behind its file, too.
        let offset = kernel.imageSize == 0 ? 0x8_0000 : kernel.textOffset
        require(bytes.starts(at: 0x38, with: [0x41, 0x52, 0x4d, 0x64]), "arm64-image-first", "")
        require(first.start % (2 << 20) == offset, "arm64-text-offset", "\(first) for \(hex(offset))")
        require(last.end - first.start >= max(kernel.imageSize, kernel.fileSize), "arm64-image-size", "\(first)-\(last)")
        if let tree = segment("fdt") {
            require(tree.memory.start % 8 == 0 && tree.bytes.count <= 2 << 20, "arm64-tree", "\(tree.memory)")
        }
        if let initrd = segment("initrd") {
            // "wholly within a 1 GB aligned physical memory window of up to 32 GB in size that fully covers the kernel Image as well"
            let low = min(first.start, initrd.memory.start) >> 30
            let high = (max(last.end, initrd.memory.end) - 1) >> 30
            require(high - low < 32, "arm64-initrd-window", "\(first) \(initrd.memory)")
        }
    }
}

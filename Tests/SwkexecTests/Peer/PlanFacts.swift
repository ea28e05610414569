import TestSupport

/// What a load asks of the running kernel and tells the next one, in a form that two loaders can be
/// compared in: without the places, which each chooses for itself.
struct PlanFacts: Equatable {
    /// What purgatory checks before it enters the kernel.
    struct Digest: Equatable {
        var covers: Set<String>
        /// The zeroes behind the loaded bytes, too, up to the segment's size in memory.
        var includesZeroes: Bool
    }

    /// A whole initrd, by the pointer and the size in boot_params.
    enum Initrd: Equatable {
        case none
        case segment
        /// Not where the segment is, or not its size.
        case wrong
    }

    /// What the next kernel is told.
    struct Told: Equatable {
        /// The zero page without the memory map, and without what `initrd`, `commandLine`,
        /// `setupData` and `efiRuntimeMap` stand for: pointers and sizes.
        var zeroPage: [UInt8]
        var memoryMap: [MapEntry]
        var commandLine: String
        var initrd: Initrd
        /// By type; of the random seed (type 9) as many zeroes as it has bytes.
        var setupData: [UInt64: [UInt8]]
        /// type, physical and virtual address, pages and attribute, whatever the order.
        var efiRuntimeMap: Set<[UInt64]>
    }

    var flags: UInt64
    /// In which mode the kernel's code is entered.
    var kernelMode: String
    /// Sizes in memory by role. Purgatory is the loader's own, and left out.
    var segments: [String: UInt64]
    /// Sizes of the contents that are files or a part of them: kernel and initrd.
    var files: [String: UInt64]
    /// Nil when nothing is checked.
    var digest: Digest?
    /// Nil for an entry in real mode, where the zero page is made by the kernel's own code.
    var told: Told?
    var elfcorehdr: [CoreProgramHeader]
}

extension PlanFacts.Told {
    /// Sorts the parts of a zero page out.
    init(
        zeroPage page: [UInt8], commandLine: String, setupData: [UInt64: [UInt8]], efiRuntimeMap: [UInt8],
        initrd: (start: UInt64, size: UInt64)?
    ) throws {
        memoryMap = try MapEntry.table(ofBootParams: page)
        self.commandLine = commandLine
        self.setupData = setupData
        self.efiRuntimeMap = Set(
            (0..<efiRuntimeMap.count / 40).map { index in
                // Behind the type are four bytes that mean nothing.
                [efiRuntimeMap.littleEndian(at: index * 40, width: 4)]
                    + [8, 16, 24, 32].map { efiRuntimeMap.littleEndian(at: index * 40 + $0, width: 8) }
            })
        let told = (
            start: page.littleEndian(at: 0x218, width: 4) + page.littleEndian(at: 0xc0, width: 4) << 32,
            size: page.littleEndian(at: 0x21c, width: 4) + page.littleEndian(at: 0xc4, width: 4) << 32
        )
        self.initrd = initrd.map { $0 == told ? .segment : .wrong } ?? (told == (0, 0) ? .none : .wrong)

        var rest = page
        let pointers = [
            0x218..<0x220, 0x0c0..<0x0c8,  // ramdisk_image, ramdisk_size and their upper halves
            0x228..<0x22c, 0x0c8..<0x0cc,  // cmd_line_ptr
            0x250..<0x258,  // setup_data
            0x1d0..<0x1d4, 0x1dc..<0x1e0,  // efi_memmap
            0x1e8..<0x1e9, try MapEntry.place(inBootParams: page),  // e820_entries, e820_table
        ]
        for range in pointers { rest.replaceSubrange(range, with: [UInt8](repeating: 0, count: range.count)) }
        self.zeroPage = rest
    }
}

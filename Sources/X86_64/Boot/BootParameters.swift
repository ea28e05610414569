import BinaryLayout
import KernelImage
import PhysicalMemory

/// struct boot_params, the "zero page" (Documentation/arch/x86/zero-page.rst).
struct BootParameters {
    static let size = 4096
    /// Entries of the memory map that fit here; more go into a setup_data.
    static let e820Capacity = 128
    /// type_of_loader: 0xd is kexec, and its version is 0.
    static let kexecLoader: UInt8 = 0xd0
    /// loadflags: the protected-mode part is at or above 1 MiB.
    static let loadedHigh: UInt8 = 0x01

    private enum Field {
        static let extMemK = IntegerField<UInt16>("ext_mem_k", at: 0x002)
        static let acpiRSDPAddress = IntegerField<UInt64>("acpi_rsdp_addr", at: 0x070)
        static let extRamdiskImage = IntegerField<UInt32>("ext_ramdisk_image", at: 0x0c0)
        static let extRamdiskSize = IntegerField<UInt32>("ext_ramdisk_size", at: 0x0c4)
        static let extCmdLinePtr = IntegerField<UInt32>("ext_cmd_line_ptr", at: 0x0c8)
        static let efiMemdescSize = IntegerField<UInt32>("efi_memdesc_size", at: 0x1c8)
        static let efiMemdescVersion = IntegerField<UInt32>("efi_memdesc_version", at: 0x1cc)
        static let efiMemmap = IntegerField<UInt32>("efi_memmap", at: 0x1d0)
        static let efiMemmapSize = IntegerField<UInt32>("efi_memmap_size", at: 0x1d4)
        static let efiMemmapHigh = IntegerField<UInt32>("efi_memmap_hi", at: 0x1dc)
        static let altMemK = IntegerField<UInt32>("alt_mem_k", at: 0x1e0)
        static let e820Entries = IntegerField<UInt8>("e820_entries", at: 0x1e8)
    }
    private static let e820Table = 0x2d0

    /// What this boot's kernel was given by its own boot loader and the next one needs, too.
    private enum Inherited {
        static let efiInfo = 0x1c0..<0x1e0
        static let secureBoot = 0x1ec..<0x1ed
        static let hardwareSubarch = 0x23c..<0x248
        /// What the BIOS reported of its disks: eddbuf_entries and edd_mbr_sig_buf_entries,
        /// edd_mbr_sig_buffer, eddbuf. No BIOS is asked again.
        static let diskDrives = [0x1e9..<0x1eb, 0x290..<0x2d0, 0xd00..<0xeec]
    }

    private(set) var bytes = [UInt8](repeating: 0, count: BootParameters.size)

    /// From the kernel's own setup header, and from the boot_params of the running kernel.
    init(setupHeader: [UInt8], screen: ScreenInfo, inheriting running: [UInt8]?) throws(TruncatedBytes) {
        try bytes.write(screen.bytes, at: 0, what: "screen_info")
        try bytes.write(setupHeader, at: SetupHeader.start, what: "the setup header")
        try bytes.write(Self.kexecLoader, to: SetupHeader.typeOfLoader)
        try bytes.write(Self.loadedHigh, to: SetupHeader.loadflags)
        try inherit([Inherited.hardwareSubarch] + Inherited.diskDrives, from: running)
    }

    private mutating func inherit(_ ranges: [Range<Int>], from running: [UInt8]?) throws(TruncatedBytes) {
        guard let running else { return }
        for range in ranges where range.upperBound <= running.count {
            try bytes.write(Array(running[range]), at: range.lowerBound, what: "boot_params")
        }
    }

    mutating func setACPIRSDPAddress(_ address: UInt64) throws(TruncatedBytes) {
        try bytes.write(address, to: Field.acpiRSDPAddress)
    }

    mutating func setInitrd(at start: PhysicalAddress, size: ByteCount) throws(TruncatedBytes) {
        try bytes.write(UInt32(truncatingIfNeeded: start.rawValue), to: SetupHeader.ramdiskImage)
        try bytes.write(UInt32(truncatingIfNeeded: start.rawValue >> 32), to: Field.extRamdiskImage)
        try bytes.write(UInt32(truncatingIfNeeded: size.rawValue), to: SetupHeader.ramdiskSize)
        try bytes.write(UInt32(truncatingIfNeeded: size.rawValue >> 32), to: Field.extRamdiskSize)
    }

    mutating func setCommandLine(at start: PhysicalAddress) throws(TruncatedBytes) {
        try bytes.write(UInt32(truncatingIfNeeded: start.rawValue), to: SetupHeader.cmdLinePtr)
        try bytes.write(UInt32(truncatingIfNeeded: start.rawValue >> 32), to: Field.extCmdLinePtr)
    }

    mutating func setSetupData(first address: UInt64) throws(TruncatedBytes) {
        try bytes.write(address, to: SetupHeader.setupData)
    }

    /// The EFI system table of this boot, with the runtime map in its new place.
    mutating func setEFI(runtimeMap: PhysicalAddress, size: Int, inheriting running: [UInt8]) throws(TruncatedBytes) {
        try inherit([Inherited.efiInfo, Inherited.secureBoot], from: running)
        try bytes.write(EFIHandover.descriptorSize, to: Field.efiMemdescSize)
        try bytes.write(1, to: Field.efiMemdescVersion)
        try bytes.write(UInt32(truncatingIfNeeded: runtimeMap.rawValue), to: Field.efiMemmap)
        try bytes.write(UInt32(truncatingIfNeeded: runtimeMap.rawValue >> 32), to: Field.efiMemmapHigh)
        try bytes.write(UInt32(clamping: size), to: Field.efiMemmapSize)
    }

    /// Writes the first entries of the memory map, and what older ways of asking a BIOS would say of
    /// it; returns the rest of the entries.
    mutating func setMemoryMap(_ entries: [E820Entry]) throws(TruncatedBytes) -> [E820Entry] {
        // Who finds the map unusable falls back on these (e820__memory_setup_default).
        let kibibytes = Self.kibibytesAbove1MiB(entries)
        try bytes.write(UInt16(min(kibibytes, Self.mostExtendedMemory)), to: Field.extMemK)
        try bytes.write(UInt32(clamping: kibibytes), to: Field.altMemK)
        var table: [UInt8] = []
        for entry in entries.prefix(Self.e820Capacity) { entry.append(to: &table) }
        try bytes.write(table, at: Self.e820Table, what: "e820_table")
        try bytes.write(UInt8(min(entries.count, Self.e820Capacity)), to: Field.e820Entries)
        return Array(entries.dropFirst(Self.e820Capacity))
    }

    /// The most that BIOS function 88h reports: 63 MiB.
    private static let mostExtendedMemory: UInt64 = 0xfc00

    /// Of the RAM that goes on at 1 MiB.
    private static func kibibytesAbove1MiB(_ entries: [E820Entry]) -> UInt64 {
        let start = Layout.lowestKernel
        guard let memory = entries.first(where: { $0.kind == .ram && $0.range.contains(start) }) else { return 0 }
        return (memory.range.end.rawValue - start.rawValue) >> 10
    }
}

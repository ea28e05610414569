import BinaryLayout

/// The fields of the x86 setup header that a loader reads or writes. They stand at the same
/// offsets in the kernel file and in boot_params (Documentation/arch/x86/boot.rst).
public enum SetupHeader {
    /// Where the header begins.
    public static let start = 0x1f1
    /// Where the header ends at the latest; from this offset on boot_params holds something else
    /// (edd_mbr_sig_buffer).
    public static let furthestEnd = 0x290

    /// Sectors of 512 bytes of the real-mode code, the boot sector not counted; 0 for 4.
    public static let setupSects = IntegerField<UInt8>("setup_sects", at: 0x1f1)
    /// The protected-mode part, in units of 16 bytes.
    public static let syssize = IntegerField<UInt32>("syssize", at: 0x1f4)
    /// The second byte of the jump at 0x200: the header ends that far behind 0x202.
    public static let jumpOffset = IntegerField<UInt8>("jump", at: 0x201)
    /// The boot protocol's version, 0x020f for 2.15.
    public static let version = IntegerField<UInt16>("version", at: 0x206)
    /// Which boot loader it was; 0xff for one without a number.
    public static let typeOfLoader = IntegerField<UInt8>("type_of_loader", at: 0x210)
    /// Bit 0 LOADED_HIGH, bit 7 CAN_USE_HEAP.
    public static let loadflags = IntegerField<UInt8>("loadflags", at: 0x211)
    /// The physical address that the real-mode code jumps to.
    public static let code32Start = IntegerField<UInt32>("code32_start", at: 0x214)
    /// The initrd's physical address, low 32 bits.
    public static let ramdiskImage = IntegerField<UInt32>("ramdisk_image", at: 0x218)
    /// The initrd's bytes, low 32 bits.
    public static let ramdiskSize = IntegerField<UInt32>("ramdisk_size", at: 0x21c)
    /// The end of the real-mode code's heap, from its start, less 0x200.
    public static let heapEndPtr = IntegerField<UInt16>("heap_end_ptr", at: 0x224)
    /// The command line's physical address, low 32 bits.
    public static let cmdLinePtr = IntegerField<UInt32>("cmd_line_ptr", at: 0x228)
    /// The highest address that a byte of the initrd may have.
    public static let initrdAddrMax = IntegerField<UInt32>("initrd_addr_max", at: 0x22c)
    /// What a relocatable kernel's address must be a multiple of.
    public static let kernelAlignment = IntegerField<UInt32>("kernel_alignment", at: 0x230)
    /// Not 0 where the kernel runs where it is loaded.
    public static let relocatableKernel = IntegerField<UInt8>("relocatable_kernel", at: 0x234)
    /// `ExtendedLoadFlags`
    public static let xloadflags = IntegerField<UInt16>("xloadflags", at: 0x236)
    /// The longest command line, without its NUL.
    public static let cmdlineSize = IntegerField<UInt32>("cmdline_size", at: 0x238)
    /// The physical address of the first struct setup_data; 0 for none.
    public static let setupData = IntegerField<UInt64>("setup_data", at: 0x250)
    /// Where the kernel prefers to be loaded.
    public static let prefAddress = IntegerField<UInt64>("pref_address", at: 0x258)
    /// The memory that the kernel needs from there until it has found its own.
    public static let initSize = IntegerField<UInt32>("init_size", at: 0x260)
}

/// xloadflags: what the 64-bit kernel can do.
public struct ExtendedLoadFlags: OptionSet, Sendable {
    /// As the header has it.
    public let rawValue: UInt16
    /// Unknown bits are kept.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// It has the 64-bit entry point at 0x200.
    public static let kernel64 = ExtendedLoadFlags(rawValue: 1 << 0)
    /// Kernel, boot_params, command line and initrd may lie above 4 GiB.
    public static let canBeLoadedAbove4G = ExtendedLoadFlags(rawValue: 1 << 1)
    /// It takes the EFI runtime map from the kexec loader (setup_data type EFI).
    public static let efiKexec = ExtendedLoadFlags(rawValue: 1 << 4)
    /// It can be entered while five-level paging is on (XLF_5LEVEL). Linux 5.3 and newer.
    public static let fiveLevel = ExtendedLoadFlags(rawValue: 1 << 5)
    /// It uses five levels itself where the processor has them (XLF_5LEVEL_ENABLED).
    public static let fiveLevelEnabled = ExtendedLoadFlags(rawValue: 1 << 6)
}

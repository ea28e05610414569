import BinaryLayout

/// The fields of the x86 setup header that a loader reads or writes. They stand at the same
/// offsets in the kernel file and in boot_params (Documentation/arch/x86/boot.rst).
public enum SetupHeader {
    public static let start = 0x1f1
    /// The header's end is told by the byte at 0x201; past this offset boot_params holds
    /// something else (edd_mbr_sig_buffer).
    public static let furthestEnd = 0x290

    public static let setupSects = IntegerField<UInt8>("setup_sects", at: 0x1f1)
    public static let syssize = IntegerField<UInt32>("syssize", at: 0x1f4)
    public static let jumpOffset = IntegerField<UInt8>("jump", at: 0x201)
    public static let version = IntegerField<UInt16>("version", at: 0x206)
    public static let typeOfLoader = IntegerField<UInt8>("type_of_loader", at: 0x210)
    public static let loadflags = IntegerField<UInt8>("loadflags", at: 0x211)
    public static let code32Start = IntegerField<UInt32>("code32_start", at: 0x214)
    public static let ramdiskImage = IntegerField<UInt32>("ramdisk_image", at: 0x218)
    public static let ramdiskSize = IntegerField<UInt32>("ramdisk_size", at: 0x21c)
    public static let heapEndPtr = IntegerField<UInt16>("heap_end_ptr", at: 0x224)
    public static let cmdLinePtr = IntegerField<UInt32>("cmd_line_ptr", at: 0x228)
    public static let initrdAddrMax = IntegerField<UInt32>("initrd_addr_max", at: 0x22c)
    public static let kernelAlignment = IntegerField<UInt32>("kernel_alignment", at: 0x230)
    public static let relocatableKernel = IntegerField<UInt8>("relocatable_kernel", at: 0x234)
    public static let xloadflags = IntegerField<UInt16>("xloadflags", at: 0x236)
    public static let cmdlineSize = IntegerField<UInt32>("cmdline_size", at: 0x238)
    public static let setupData = IntegerField<UInt64>("setup_data", at: 0x250)
    public static let prefAddress = IntegerField<UInt64>("pref_address", at: 0x258)
    public static let initSize = IntegerField<UInt32>("init_size", at: 0x260)
}

/// xloadflags: what the 64-bit kernel can do.
public struct ExtendedLoadFlags: OptionSet, Sendable {
    public let rawValue: UInt16
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

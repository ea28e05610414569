import BinaryLayout
import KernelImage
import TestSupport
import Testing

/// The table of fields against <asm/bootparam.h>.
@Suite(.enabled(if: CHeaders.haveBootParams, "<asm/bootparam.h> is on x86 only"))
struct SetupHeaderTests {
    private func check<Value>(_ field: IntegerField<Value>) throws {
        let c = try #require(CHeaders.field("boot_params", "hdr.\(field.name)"), "\(field.name)")
        #expect(field.offset == c.offset, "\(field.name)")
        #expect(field.width == c.size, "\(field.name)")
    }

    @Test func fields() throws {
        try check(SetupHeader.setupSects)
        try check(SetupHeader.syssize)
        try check(SetupHeader.version)
        try check(SetupHeader.typeOfLoader)
        try check(SetupHeader.loadflags)
        try check(SetupHeader.ramdiskImage)
        try check(SetupHeader.ramdiskSize)
        try check(SetupHeader.cmdLinePtr)
        try check(SetupHeader.initrdAddrMax)
        try check(SetupHeader.kernelAlignment)
        try check(SetupHeader.relocatableKernel)
        try check(SetupHeader.xloadflags)
        try check(SetupHeader.cmdlineSize)
        try check(SetupHeader.setupData)
        try check(SetupHeader.prefAddress)
        try check(SetupHeader.initSize)
        // "jump" is an instruction of two bytes; its second is the offset.
        let jump = try #require(CHeaders.field("boot_params", "hdr.jump"))
        #expect(SetupHeader.jumpOffset.offset == jump.offset + 1)
        #expect(SetupHeader.jumpOffset.width == 1)
    }

    @Test func extent() throws {
        #expect(SetupHeader.start == CHeaders.field("boot_params", "hdr")?.offset)
        #expect(SetupHeader.furthestEnd == CHeaders.field("boot_params", "edd_mbr_sig_buffer")?.offset)
    }

    @Test func flags() {
        #expect(UInt64(ExtendedLoadFlags.kernel64.rawValue) == CHeaders.constant("XLF_KERNEL_64"))
        #expect(UInt64(ExtendedLoadFlags.canBeLoadedAbove4G.rawValue) == CHeaders.constant("XLF_CAN_BE_LOADED_ABOVE_4G"))
        #expect(UInt64(ExtendedLoadFlags.efiKexec.rawValue) == CHeaders.constant("XLF_EFI_KEXEC"))
    }
}

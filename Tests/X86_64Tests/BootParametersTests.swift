import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// Fields of boot_params where <asm/bootparam.h> has them.
@Suite(.enabled(if: CHeaders.haveBootParams, "<asm/bootparam.h> is on x86 only"))
struct BootParametersTests {
    @Test func theKernelsOwnHeaderIsTakenOver() throws {
        var image = SyntheticBzImage.small()
        image.prefAddress = 0x1122_3344
        image.cmdlineSize = 1234
        let plan = try plan(smallRequest(image), on: SyntheticSysroot())
        #expect(try plan.bootParameter("hdr.pref_address") == 0x1122_3344)
        #expect(try plan.bootParameter("hdr.cmdline_size") == 1234)
        #expect(try plan.bootParameter("hdr.header") == 0x5372_6448)
        #expect(try plan.bootParameter("hdr.boot_flag") == 0xaa55)
        #expect(try plan.bootParameter("hdr.version") == 0x020f)
        #expect(try plan.bootParameter("hdr.setup_sects") == 1)
        #expect(try plan.bootParameter("hdr.init_size") == 0x10_0000)
        // What the loader says of itself: 0xd is kexec; the code is loaded high.
        #expect(try plan.bootParameter("hdr.type_of_loader") >> 4 == 0xd)
        let loadedHigh = try #require(CHeaders.constant("LOADED_HIGH"))
        #expect(try plan.bootParameter("hdr.loadflags") & loadedHigh == loadedHigh)
    }

    /// Whatever stands behind the header's end in the file is not the header.
    @Test func onlyTheHeaderIsTakenOver() throws {
        var image = SyntheticBzImage.small()
        image.setupSects = 2
        let end = 0x202 + Int(image.jump)
        var bytes = image.bytes
        for offset in Array(0..<0x1f1) + Array(end..<1536) { bytes[offset] = 0xee }
        var request = try smallRequest()
        request.kernel = .init(name: "vmlinuz", contents: try .init(.init(bytes)))
        let parameters = try plan(request, on: SyntheticSysroot()).bytes(.bootParameters).prefix(4096)
        #expect(!parameters.contains(0xee))
    }

    @Test func initrd() throws {
        let plan = try plan(smallRequest(initrd: [UInt8](repeating: 7, count: 12_345)), on: SyntheticSysroot())
        let address = try plan.bootParameter("hdr.ramdisk_image") + plan.bootParameter("ext_ramdisk_image") << 32
        #expect(address == (try plan.start(.initrd)))
        #expect(try plan.bootParameter("hdr.ramdisk_size") == 12_345)
        #expect(try plan.bootParameter("ext_ramdisk_size") == 0)
        #expect(try plan.bytes(.initrd) == [UInt8](repeating: 7, count: 12_345))
    }

    @Test func noInitrd() throws {
        let plan = try plan(smallRequest(initrd: nil), on: SyntheticSysroot())
        #expect(plan.segment(.initrd) == nil)
        for name in ["hdr.ramdisk_image", "hdr.ramdisk_size", "ext_ramdisk_image", "ext_ramdisk_size"] {
            #expect(try plan.bootParameter(name) == 0, "\(name)")
        }
    }

    /// Above 4 GiB every address has an upper half.
    @Test func above4GiB() throws {
        let machine = SyntheticSysroot.withCrashRegion(0x12_3000_0000, 0x12_3fff_ffff, ram: 0x1f_ffff_ffff)
        let plan = try plan(smallRequest(), on: machine)
        func whole(_ low: String, _ high: String) throws -> UInt64 { try plan.bootParameter(low) + plan.bootParameter(high) << 32 }
        #expect(try whole("hdr.ramdisk_image", "ext_ramdisk_image") == plan.start(.initrd))
        #expect(try whole("hdr.cmd_line_ptr", "ext_cmd_line_ptr") == plan.start(.bootParameters) + 4096)
        #expect(try plan.bootParameter("hdr.setup_data") == plan.start(.setupData))
        #expect(try plan.bootParameter("ext_ramdisk_image") == 0x12)
    }

    /// The EFI tables of this boot, with addresses whose upper halves count.
    @Test func efiAbove4GiB() throws {
        let machine = try Fixture.efi.copy()
        var iomem = String(decoding: try machine.read("proc/iomem"), as: UTF8.self).split(separator: "\n")
        iomem.removeAll { $0.hasSuffix(": Crash kernel") }
        iomem += ["100000000-23fffffff : System RAM", "  230000000-23fffffff : Crash kernel"]
        try machine.write(iomem.joined(separator: "\n") + "\n", to: "proc/iomem")
        var running = try machine.read("sys/kernel/boot_params/data")
        let info = try #require(CHeaders.field("boot_params", "efi_info"))
        for offset in info.range { running[offset] = UInt8(0xc0 + offset - info.offset) }
        try machine.write(running, to: "sys/kernel/boot_params/data")

        let plan = try plan(smallRequest(), on: machine.path)
        let node = try #require(plan.setupDataList().first { $0.type == CHeaders.constant("SETUP_EFI") })
        let map = node.address + 96
        #expect(try plan.bootParameter("efi_info.efi_memmap") == map & 0xffff_ffff)
        #expect(try plan.bootParameter("efi_info.efi_memmap_hi") == 2)
        #expect(map >> 32 == 2)
        let ours = try plan.bytes(.bootParameters)
        for name in ["efi_loader_signature", "efi_systab", "efi_systab_hi"] {
            let field = try #require(CHeaders.field("boot_params", "efi_info.\(name)"))
            #expect(ours[field.range] == running[field.range], "\(name)")
        }
        #expect(try plan.bootParameter("secure_boot") == 2)
    }

    /// struct efi_setup_data: fw_vendor, runtime, tables, smbios. The firmware has moved the pointer to
    /// SMBIOS' old entry point along with its runtime services; the kernel puts it right with this.
    @Test(arguments: [
        ("ACPI20=0x7fb7e014\nSMBIOS=0x7f988000\n", UInt64(0x7f98_8000)), ("SMBIOS3=0x7f986000\nSMBIOS=0x7f988000\n", 0x7f98_8000),
        ("SMBIOS3=0x7f986000\n", 0), ("ACPI20=0x7fb7e014\n", 0), ("", 0),
    ])
    func smbios(_ systab: String, _ expected: UInt64) throws {
        let machine = try Fixture.efi.copy()
        try machine.write(systab, to: "sys/firmware/efi/systab")
        let list = try plan(smallRequest(), on: machine.path).setupDataList()
        let node = try #require(list.first { $0.type == CHeaders.constant("SETUP_EFI") })
        #expect(node.data.littleEndian(at: 0, width: 8) == 0x7f98_9b98)
        #expect(node.data.littleEndian(at: 24, width: 8) == expected)
    }

    @Test func whatThisBootsKernelWasToldIsHandedOn() throws {
        var machine = SyntheticSysroot()
        var generator = SeededGenerator(seed: 1)
        let running = generator.bytes(4096)
        machine.bootParameters = running
        let ours = try plan(smallRequest(), on: machine).bytes(.bootParameters)
        let told = [
            "screen_info", "hdr.hardware_subarch", "hdr.hardware_subarch_data", "acpi_rsdp_addr",
            "eddbuf_entries", "edd_mbr_sig_buf_entries", "edd_mbr_sig_buffer", "eddbuf",
        ]
        // Within screen_info, but a size of memory: it follows the map.
        let memory = try #require(CHeaders.field("boot_params", "screen_info.ext_mem_k")).range
        for name in told {
            let range = try #require(CHeaders.field("boot_params", name)).range
            for offset in range where !memory.contains(offset) { #expect(ours[offset] == running[offset], "\(name)") }
        }
        // No EFI here: nothing of it is handed on.
        let efi = try #require(CHeaders.field("boot_params", "efi_info"))
        #expect(ours[efi.range].allSatisfy { $0 == 0 })
    }

    /// What the older ways of asking for memory say of the map that is given: for a reboot the same as
    /// the BIOS told this boot's kernel, for a crash nothing, since no RAM goes on at 1 MiB.
    @Test func memoryAbove1MiB() throws {
        let fields = ["screen_info.ext_mem_k", "alt_mem_k"]
        let running = try Fixture.bios.bytes("sys/kernel/boot_params/data")
        var request = try smallRequest()
        for name in fields { #expect(try plan(request, on: Fixture.bios.sysroot).bootParameter(name) == 0, "\(name)") }
        request.purpose = .reboot
        let plan = try plan(request, on: Fixture.bios.sysroot)
        for name in fields {
            let field = try #require(CHeaders.field("boot_params", name))
            #expect(try plan.bootParameter(name) == running.littleEndian(field), "\(name)")
        }
    }

    /// 8 TiB and 4 MiB are more than four bytes of KiB.
    @Test func memoryAbove1MiBThatNoFieldHolds() throws {
        var machine = SyntheticSysroot.withCrashRegion(0x6e00_0000, 0x7dff_ffff, ram: 0x800_003f_ffff)
        machine.bootParameters = nil
        var request = try smallRequest()
        request.purpose = .reboot
        let large = try plan(request, on: machine)
        #expect(try large.bootParameter("screen_info.ext_mem_k") == 0xfc00)
        #expect(try large.bootParameter("alt_mem_k") == 0xffff_ffff)
    }

    /// A kernel that cannot take the runtime map over is told of no EFI, and finds ACPI all the same:
    /// what kexec-tools does for --noefi.
    @Test func withoutEFI() throws {
        var image = SyntheticBzImage.captured
        image.xloadflags &= ~0x10
        let plan = try plan(smallRequest(image, hotplug: true), on: Fixture.efi.sysroot)
        let peer = try #require(try Fixture.efi.peer("p_hotplug_noefi").zeroPage)
        let ours = try plan.bytes(.bootParameters)
        for name in ["efi_info", "acpi_rsdp_addr"] {
            let field = try #require(CHeaders.field("boot_params", name))
            #expect(ours[field.range] == peer[field.range], "\(name)")
        }
        #expect(try plan.setupDataList().map(\.type) == [9])
    }

    @Test func theSeedIsTheRequests() throws {
        let node = try #require(plan(smallRequest(), on: Fixture.bios.sysroot).setupDataList().first { $0.type == 9 })
        #expect(node.data == [UInt8](repeating: 0x5a, count: 32))
    }

    @Test func withoutBootParams() throws {
        var machine = SyntheticSysroot()
        machine.bootParameters = nil
        let plan = try plan(smallRequest(), on: machine)
        #expect(try plan.bootParameter("acpi_rsdp_addr") == 0)
        #expect(try plan.bytes(.bootParameters).prefix(0x40).allSatisfy { $0 == 0 })
    }

    /// boot_params has carried the ACPI root pointer since protocol 2.14; older kernels read it
    /// from the command line.
    @Test(arguments: [(UInt16(0x020d), true), (0x020e, false), (0x020f, false)])
    func acpiRootPointer(version: UInt16, onCommandLine: Bool) throws {
        var image = SyntheticBzImage.small()
        image.version = version
        let plan = try plan(smallRequest(image), on: Fixture.bios.sysroot)
        #expect(try plan.bootParameter("acpi_rsdp_addr") == (onCommandLine ? 0 : 0xf58d0))
        #expect(plan.commandLine.description.contains(" acpi_rsdp=0xf58d0 ") == onCommandLine)
    }

    /// A kernel booted with efi=noruntime, as all with PREEMPT_RT are, has no runtime map and still
    /// names ACPI's root in systab. Without it a crash kernel on an EFI machine finds no ACPI.
    @Test(arguments: [["runtime-map"], ["runtime-map", "fw_vendor", "runtime", "config_table"]])
    func acpiRootPointerWithoutRuntimeServices(_ absent: [String]) throws {
        let machine = try Fixture.efi.copy()
        for name in absent { try machine.remove("sys/firmware/efi/\(name)") }
        let plan = try plan(smallRequest(), on: machine.path)
        #expect(try plan.bootParameter("acpi_rsdp_addr") == 0x7fb7_e014)
        #expect(try plan.setupDataList().map(\.type) == [9])
        #expect(try plan.bootParameter("efi_info.efi_memmap_size") == 0)
    }
}

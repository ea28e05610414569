import HostState
import LoadPlan
import PhysicalMemory
import TestSupport
import Testing

let recordedCalls = ["p_plain", "p_hotplug", "p_hotplug_noinitrd", "p_hotplug_dimm"]

/// Against what kexec-tools 2.0.32 handed to kexec_load(2) on the same machine.
@Suite(.enabled(if: CHeaders.haveBootParams, "<asm/bootparam.h> is on x86 only"))
struct PeerComparisonTests {
    @Test(arguments: Fixture.allCases, recordedCalls) func sizes(_ fixture: Fixture, _ call: String) throws {
        let peer = try fixture.peer(call)
        let plan = try plan(call, on: fixture)
        for (role, name) in [(SegmentRole.kernel, "kernel"), (.initrd, "initrd")] {
            #expect(plan.segment(role)?.memory.size.rawValue == peer.segment(name)?.memorySize, "\(name)")
            #expect(plan.segment(role)?.loadedSize.rawValue == peer.segment(name)?.loadedSize, "\(name)")
        }
        // 16 KiB without hotplug, what sysfs names for it with.
        #expect(plan.segment(.elfcorehdr)?.memory.size.rawValue == peer.segment("elfcorehdr")?.memorySize)
        #expect(try plan.start(.kernel) % 0x20_0000 == 0)
    }

    /// The same, but for the one bit by which newer kernels say what the older said with another.
    @Test(arguments: Fixture.allCases, recordedCalls) func flags(_ fixture: Fixture, _ call: String) throws {
        let peer = try fixture.peer(call).flags
        let plan = try plan(call, on: fixture)
        #expect(plan.flags.rawValue == (call == "p_plain" ? peer : peer ^ 0xc))
        #expect(plan.olderFlags == nil)
    }

    @Test(arguments: Fixture.allCases, recordedCalls) func elfcorehdr(_ fixture: Fixture, _ call: String) throws {
        let peerBytes = try #require(try fixture.peer(call).segment("elfcorehdr")?.bytes)
        let peer = try #require(CoreProgramHeader.table(of: peerBytes))
        let bytes = try plan(call, on: fixture).bytes(.elfcorehdr)
        let ours = try #require(CoreProgramHeader.table(of: bytes))
        // The peer's copy of low memory; the kernel itself leaves the first MiB out.
        #expect(ours == peer.filter { $0.type != 1 || $0.physicalAddress >= 1 << 20 })
        #expect(peer.count == ours.count + 1)
    }

    /// The capture kernel's memory map.
    @Test(arguments: Fixture.allCases, recordedCalls + ["p_hotplug_noefi"]) func memoryMap(_ fixture: Fixture, _ call: String) throws {
        let plan = try plan(call, on: fixture)
        let peerBytes = try #require(try fixture.peer(call).segment("bootparams")?.bytes)
        let peer = try MapEntry.table(ofBootParams: peerBytes)
        let ours = try MapEntry.table(ofBootParams: plan.bytes(.bootParameters))
        #expect(ours.filter { !$0.isRAM } == peer.filter { !$0.isRAM })
        #expect(ours.filter { $0.isRAM && $0.start < 1 << 20 } == peer.filter { $0.isRAM && $0.start < 1 << 20 })
        // Of the crash region the peer's backup takes some; ours gives all below elfcorehdr, in one piece.
        let elfcorehdr = try plan.start(.elfcorehdr)
        let region = try plan.region().start.rawValue
        #expect(ours.filter { $0.isRAM && $0.start >= 1 << 20 } == [MapEntry(start: region, last: elfcorehdr - 1, type: 1)])
        #expect(peer.filter { $0.isRAM && $0.start >= 1 << 20 }.first?.start == region)
        #expect(ours == ours.sorted { $0.start < $1.start })
    }

    /// The zero page byte for byte, but for what is listed here and compared elsewhere.
    @Test(arguments: Fixture.allCases, recordedCalls) func zeroPage(_ fixture: Fixture, _ call: String) throws {
        let peer = try #require(try fixture.peer(call).segment("bootparams")?.bytes)
        let ours = try plan(call, on: fixture).bytes(.bootParameters)
        func field(_ name: String) throws -> Range<Int> { try #require(CHeaders.field("boot_params", name), "\(name)").range }
        let apart = try [
            "screen_info",  // the peer asks the frame buffer, we take over what this boot was told
            "secure_boot",  // the peer drops it
            "hdr",  // that of the loaded kernel: another one here
            "e820_entries", "e820_table", "efi_info.efi_memmap", "efi_info.efi_memmap_hi", "ext_ramdisk_image", "ext_cmd_line_ptr",
        ].map(field)
        let differences = (0..<4096).filter { offset in ours[offset] != peer[offset] && !apart.contains { $0.contains(offset) } }
        #expect(differences.map { String($0, radix: 16) } == [])

        // Fields of the header that a loader writes.
        for name in ["hdr.type_of_loader", "hdr.ramdisk_size", "hdr.hardware_subarch", "hdr.hardware_subarch_data"] {
            #expect(ours[try field(name)] == peer[try field(name)], "\(name)")
        }
    }

    @Test(arguments: ["p_plain", "p_hotplug", "p_hotplug_dimm"]) func efi(_ call: String) throws {
        let peer = try Fixture.efi.peer(call)
        let plan = try plan(call, on: .efi)
        let list = try plan.setupDataList()
        let node = try #require(list.first { $0.type == CHeaders.constant("SETUP_EFI") })
        // struct efi_setup_data, behind the peer's own struct setup_data.
        let peerData = try #require(peer.segment("setup-data-efi")?.bytes).dropFirst(16)
        #expect(node.data.prefix(peerData.count) == peerData)

        // The runtime map: the same descriptors of 40 bytes, whatever their order and padding.
        func descriptors(_ bytes: [UInt8]) -> Set<[UInt64]> {
            Set((0..<bytes.count / 40).map { index in
                [bytes.littleEndian(at: index * 40, width: 4)] + [8, 16, 24, 32].map { bytes.littleEndian(at: index * 40 + $0, width: 8) }
            })
        }
        let peerMap = try #require(peer.segment("efi-memmap")?.bytes)
        let address = try plan.bootParameter("efi_info.efi_memmap") + plan.bootParameter("efi_info.efi_memmap_hi") << 32
        let size = Int(try plan.bootParameter("efi_info.efi_memmap_size"))
        #expect(size == peerMap.count)
        let start = try #require(Int(exactly: address - plan.start(.setupData)))
        let map = Array(try plan.bytes(.setupData)[start..<start + size])
        #expect(descriptors(map) == descriptors(peerMap))
        #expect(descriptors(map).count == 6)
        // Within the list's member, which nothing in the new kernel takes for free memory.
        #expect(address >= node.address && address + UInt64(size) <= node.address + UInt64(node.data.count))
        #expect(try plan.bootParameter("efi_info.efi_memdesc_size") == 40)
    }

    /// A kernel that cannot take the runtime map over is told of no EFI, and finds ACPI all the same:
    /// what kexec-tools does for --noefi.
    @Test func withoutEFI() throws {
        var image = SyntheticBzImage.captured
        image.xloadflags &= ~0x10
        let plan = try plan(smallRequest(image, hotplug: true), on: Fixture.efi.sysroot)
        let peer = try #require(try Fixture.efi.peer("p_hotplug_noefi").segment("bootparams")?.bytes)
        let ours = try plan.bytes(.bootParameters)
        for name in ["efi_info", "acpi_rsdp_addr"] {
            let field = try #require(CHeaders.field("boot_params", name))
            #expect(ours[field.range] == peer[field.range], "\(name)")
        }
        let list = try plan.setupDataList()
        #expect(list.map(\.type) == [9])
    }

    @Test(arguments: Fixture.allCases) func rngSeed(_ fixture: Fixture) throws {
        let plan = try plan("p_plain", on: fixture)
        let list = try plan.setupDataList()
        let node = try #require(list.first { $0.type == 9 })
        #expect(node.data == [UInt8](repeating: 0x5a, count: 32))
        // type and len as the peer writes them.
        let peer = try #require(try fixture.peer("p_plain").segment("setup-data-rng")?.bytes)
        #expect(peer[8..<16] == [9, 0, 0, 0, 32, 0, 0, 0])
        #expect(list.map(\.type) == (fixture == .efi ? [9, 4] : [9]))
    }

    @Test(arguments: Fixture.allCases, recordedCalls) func commandLine(_ fixture: Fixture, _ call: String) throws {
        let peer = try fixture.peer(call)
        let plan = try plan(call, on: fixture)
        #expect(peer.append == capturedCommandLine)
        let text = "\(peer.append) elfcorehdr=0x\(String(try plan.start(.elfcorehdr), radix: 16))"
        #expect(plan.commandLine.description == text)
        // Where boot_params says it is, ended by a NUL.
        let bytes = try plan.bytes(.bootParameters)
        let address = try plan.bootParameter("hdr.cmd_line_ptr") + plan.bootParameter("ext_cmd_line_ptr") << 32
        let start = try #require(Int(exactly: address - plan.start(.bootParameters)))
        #expect(start >= 4096)
        #expect(Array(bytes[start...]) == Array(text.utf8) + [0])
    }
}

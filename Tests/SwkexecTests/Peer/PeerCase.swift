import ByteStorage
import LoadPlan
import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// One of the recorded calls of kexec-tools, and what we make of the same command line on the same
/// machine.
struct PeerCase: Hashable, Sendable, CustomTestStringConvertible {
    let fixture: Fixture
    let name: String

    private static let names = [
        "l_e32", "l_i", "l_initrd", "l_initrd_dimm", "l_memmax", "l_noinitrd", "l_real", "l_reuse",
        "p_hotplug", "p_hotplug_dimm", "p_hotplug_i", "p_hotplug_memmap", "p_hotplug_noefi", "p_hotplug_noinitrd",
        "p_hotplug_serial", "p_plain",
    ]
    static let all = Fixture.allCases.flatMap { fixture in names.map { PeerCase(fixture: fixture, name: $0) } }

    /// Words of theirs that the comparison leaves out. Purgatory reports on the serial port without the
    /// first, too. By the second the memory map goes onto the command line, which is compared as if it
    /// did not: a guest test shows that the kernel makes the same map of it.
    static let leftOut = ["--console-serial", "--pass-memmap-cmdline"]

    var isCrash: Bool { name.hasPrefix("p_") }
    var isHotplug: Bool { name.hasPrefix("p_hotplug") }
    var isRealMode: Bool { name == "l_real" }
    /// The next kernel is told of the EFI firmware.
    var handsOverEFI: Bool { fixture == .efi && name != "p_hotplug_noefi" && !isRealMode }
    var testDescription: String { "\(fixture.rawValue) \(name)" }

    /// The crash kernel's region, by the line of /proc/iomem that the fixture's README names.
    var region: ClosedRange<UInt64> { fixture == .bios ? 0x6e00_0000...0x7dff_ffff : 0x6800_0000...0x77ff_ffff }

    var peer: PeerCall { get throws { try fixture.peer(name) } }

    /// Our plan for the words that kexec-tools was given.
    func plan() throws -> LoadPlan {
        let files = try TemporaryFolder()
        let kernel = try files.write(CapturedFiles.kernel.get(), to: "vmlinuz").string
        let initrd = try files.write(CapturedFiles.initrd, to: "initrd.img").string
        let arguments = try peer.arguments.dropFirst().filter { !Self.leftOut.contains($0) }.map { word in
            switch word {
            case "/vmlinuz": kernel
            case "--initrd=/cap.cpio.gz": "--initrd=\(initrd)"
            default: word
            }
        }
        // The manual's CAVEATS: unasked, theirs is our image with --no-hotplug.
        let choice = isCrash && !isHotplug ? ["--no-hotplug"] : []
        let machine = name.hasSuffix("_dimm") ? try fixture.afterDIMM() : nil
        return try withExtendedLifetime((files, machine)) {
            try RecordedCommand.plan(arguments + choice, root: machine?.path ?? fixture.sysroot)
        }
    }
}

/// A kernel with the setup header of the one that kexec-tools was given, and contents as large; an
/// initrd as large.
private enum CapturedFiles {
    static let initrd = [UInt8](repeating: 0x11, count: 1_428_574)

    static let kernel = Result {
        var file = SyntheticBzImage.captured.bytes
        // The guest ran the same kernel: its boot_params have the file's header, but for what the
        // boot loader wrote (Documentation/arch/x86/boot.rst, the fields of type write and modify).
        let running = try Fixture.bios.bytes("sys/kernel/boot_params/data")
        let end = 0x202 + Int(running[0x201])
        file.replaceSubrange(0x1f1..<end, with: running[0x1f1..<end])
        file[0x210] = 0  // type_of_loader
        file[0x211] = 0x01  // loadflags: LOADED_HIGH
        for (offset, width) in [(0x218, 4), (0x21c, 4), (0x224, 2), (0x228, 4), (0x250, 8)] {
            file.putLittleEndian(0, at: offset, width: width)  // ramdisk, heap_end_ptr, cmd_line_ptr, setup_data
        }
        file.putLittleEndian(0x10_0000, at: 0x214, width: 4)  // code32_start
        return file
    }
}

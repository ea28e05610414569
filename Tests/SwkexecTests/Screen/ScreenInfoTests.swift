import KexecSystem
import TestSupport
import Testing

/// struct screen_info of the next kernel, compared byte for byte with what this boot's kernel got.
struct ScreenInfoTests {
    private let bench: Bench
    /// An EFI framebuffer of 1280 by 800, as Linux' EFI stub describes it (include/uapi/linux/screen_info.h).
    private let firmware: [UInt8] = {
        var info = [UInt8](repeating: 0, count: 64)
        info[0x0f] = 0x70  // orig_video_isVGA: VIDEO_TYPE_EFI
        for (offset, width, value) in [
            (0x12, 2, 1280), (0x14, 2, 800), (0x16, 2, 32), (0x18, 4, 0xc000_0000), (0x1c, 4, 0x3e_8000), (0x24, 2, 5120),
            (0x26, 1, 8), (0x27, 1, 16), (0x28, 1, 8), (0x29, 1, 8), (0x2a, 1, 8), (0x2c, 1, 8), (0x2d, 1, 24), (0x36, 4, 2), (0x3a, 4, 1),
        ] as [(Int, Int, UInt64)] { info.putLittleEndian(value, at: offset, width: width) }
        return info
    }()

    init() throws { bench = try Bench() }

    private func told(_ options: [String], framebuffer: String?) throws -> [UInt8] {
        var machine = SyntheticSysroot()
        machine.bootParameters?.replaceSubrange(0..<64, with: firmware)
        if let framebuffer { machine.files["sys/class/graphics/fb0/name"] = framebuffer + "\n" }
        let folder = try machine.write()
        let outcome = RecordedCommand.run(["-p", "-c", bench.kernel] + options, root: folder.path)
        return Array(try LoadedKernel(call: try #require(outcome.loads.first)).bootParameters()[..<64])
    }

    @Test(arguments: [nil, "EFI VGA", "VESA VGA", "simple", "simpledrmdrmfb", "efidrmdrmfb", "vesadrmdrmfb"])
    func theFirmwaresFramebufferIsHandedOn(_ framebuffer: String?) throws {
        #expect(try told([], framebuffer: framebuffer) == firmware)
    }

    /// As kexec-tools: no type, and a text screen's measures. Where the framebuffer lies stays: Hyper-V keeps devices away from it.
    @Test(arguments: ["i915drmfb", "virtio_gpudrmfb", "amdgpudrmfb", "bochs-drmdrmfb", "hyperv_fb", "hyperv_drmdrmfb", "", "EFI VGA2"])
    func aDriverThatProgramsTheCardLeavesNone(_ framebuffer: String) throws {
        let info = try told([], framebuffer: framebuffer)
        #expect(info[0x0f] == 0)
        #expect(info[0x07] == 80 && info[0x0e] == 25 && info[0x10] == 16)
        let place = [0x18..<0x20, 0x36..<0x3e]
        for bytes in place { #expect(info[bytes] == firmware[bytes]) }
        for index in 0x12..<0x40 where !place.contains(where: { $0.contains(index) }) { #expect(info[index] == 0, "\(index)") }
    }

    @Test func unlessTheUserKnowsBetter() throws {
        #expect(try told(["--reuse-video-type"], framebuffer: "i915drmfb") == firmware)
    }

    /// Mode 3: 80 by 25 characters of 16 lines, orig_video_isVGA 1.
    @Test(arguments: [nil, "i915drmfb", "EFI VGA"])
    func afterAReset(_ framebuffer: String?) throws {
        var text = [UInt8](repeating: 0, count: 64)
        text[0x06] = 3
        text[0x07] = 80
        text[0x0e] = 25
        text[0x0f] = 1
        text[0x10] = 16
        for bytes in [0x18..<0x20, 0x36..<0x3e] { text.replaceSubrange(bytes, with: firmware[bytes]) }
        #expect(try told(["--reset-vga"], framebuffer: framebuffer) == text)
        #expect(try told(["--reset-vga", "--reuse-video-type"], framebuffer: framebuffer) == text)
    }

    /// The kernel's own loader always hands all of it on: nothing keeps the option from it.
    @Test func theKernelsOwnLoaderKnowsNoOtherWay() throws {
        let result = try Command.run(["-p", "-s", "--reuse-video-type", bench.kernel, "--dry-run", "--sysroot=\(bench.sysroot)"])
        #expect(result.status == 0 && !result.output.contains("warning"))
        #expect(RecordedCommand.run(["-p", "--reuse-video-type", bench.kernel], root: Fixture.bios.sysroot).names == ["kexec_file_load"])
    }
}

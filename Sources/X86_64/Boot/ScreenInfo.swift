import BinaryLayout
import HostState
import LoadPlan

/// What the new kernel is given of the screen: struct screen_info, the first bytes of boot_params
/// (include/uapi/linux/screen_info.h).
///
/// The firmware's own framebuffer stays good as long as nothing but a driver for firmware
/// framebuffers has had it. A driver that programs the card itself leaves nothing at that address
/// that could be seen; then orig_video_isVGA says that there is no screen to draw on, unless the user knows better: it alone makes efifb,
/// vesafb and simpledrm draw. Where the framebuffer lies is handed on all the same, for those that must keep away from it: on Hyper-V its
/// address space is not free for devices (drivers/hv/vmbus_drv.c, vmbus_reserve_fb).
struct ScreenInfo {
    static let size = 0x40

    private enum Field {
        static let mode = IntegerField<UInt8>("orig_video_mode", at: 0x06)
        static let columns = IntegerField<UInt8>("orig_video_cols", at: 0x07)
        static let lines = IntegerField<UInt8>("orig_video_lines", at: 0x0e)
        static let isVGA = IntegerField<UInt8>("orig_video_isVGA", at: 0x0f)
        static let points = IntegerField<UInt16>("orig_video_points", at: 0x10)
        static let framebufferBase = IntegerField<UInt32>("lfb_base", at: 0x18)
        static let framebufferSize = IntegerField<UInt32>("lfb_size", at: 0x1c)
        static let capabilities = IntegerField<UInt32>("capabilities", at: 0x36)
        static let framebufferBaseHigh = IntegerField<UInt32>("ext_lfb_base", at: 0x3a)
        /// Where the framebuffer lies; one of the capabilities says that the upper half of the address counts.
        static let ofFramebuffer = [framebufferBase, framebufferSize, capabilities, framebufferBaseHigh]
    }

    /// What fbdev calls a framebuffer that the firmware set up and nobody has changed since
    /// (vesafb, efifb, simplefb; DRM's drivers for the same).
    private static let firmwareFramebuffers: Set = [
        "VESA VGA", "EFI VGA", "simple", "simpledrmdrmfb", "efidrmdrmfb", "vesadrmdrmfb",
    ]

    let bytes: [UInt8]

    init(_ screen: X86_64.Options.Screen, on host: HostState) throws(TruncatedBytes) {
        if screen.isReset {
            bytes = try Self.text(isVGA: 1, on: host)
        } else if screen.keepsFirmwareMode || host.framebufferName.map(Self.firmwareFramebuffers.contains) ?? true {
            bytes = Array((host.bootParameters ?? []).prefix(Self.size))
        } else {
            bytes = try Self.text(isVGA: 0, on: host)
        }
    }

    /// A VGA was in text mode when this kernel started, and no driver has changed that.
    static func showsText(on host: HostState) -> Bool {
        let isVGA = host.bootParameters.flatMap { try? $0.span.read(Field.isVGA) }
        return isVGA == 1 && host.framebufferName == nil
    }

    /// 80 by 25 characters of 16 lines each, as after mode 3; without a VGA that shows them, 0.
    private static func text(isVGA: UInt8, on host: HostState) throws(TruncatedBytes) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        try bytes.write(3, to: Field.mode)
        try bytes.write(80, to: Field.columns)
        try bytes.write(25, to: Field.lines)
        try bytes.write(isVGA, to: Field.isVGA)
        try bytes.write(16, to: Field.points)
        if let running = host.bootParameters {
            for field in Field.ofFramebuffer { try bytes.write(running.span.read(field), to: field) }
        }
        return bytes
    }
}

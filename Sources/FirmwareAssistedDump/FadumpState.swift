import HostState
import SystemPackage

/// What the kernel shows of firmware-assisted dump (Documentation/arch/powerpc/firmware-assisted-dump.rst);
/// all of it absent elsewhere than on PowerPC. Newer kernels keep the files in a folder of their own.
public struct FadumpState: Sendable {
    private static let folder = "sys/kernel/fadump"
    /// The file of `enabled`, newer kernels first, as below.
    public static let enabledNames = ["\(folder)/enabled", "\(folder)_enabled"]
    /// Writing 1 registers, 0 unregisters.
    public static let registeredNames = ["\(folder)/registered", "\(folder)_registered"]
    /// Writing 1 gives the memory of a saved dump back. There is nothing to read.
    public static let releaseNames = ["\(folder)/release_mem", "\(folder)_release_mem"]
    /// The file of `hotplugReady`.
    public static let hotplugReadyName = "\(folder)/hotplug_ready"
    /// The file of `reservedBytes`.
    public static let reservedBytesName = "\(folder)/mem_reserved"
    /// The file of `arguments`. What is written takes the place of what was there.
    public static let argumentsName = "\(folder)/bootargs_append"
    private static let vmcoreName = "proc/vmcore"
    /// There on machines whose firmware can do it, whether the kernel can or not: pseries, and OPAL (opal_fadump_dt_scan()).
    private static let firmwareNames = ["proc/device-tree/rtas/ibm,configure-kernel-dump", "proc/device-tree/ibm,opal/dump"]

    /// 1 where fadump was asked for at boot and memory is reserved for it.
    public let enabled: Reading<UInt64>
    /// 1 where the firmware takes the dump of a panic.
    public let registered: Reading<UInt64>
    /// 1 when the capture kernel makes the elfcorehdr, so that nothing goes stale on hotplug. It
    /// says what the kernel can do, whether fadump is enabled or not.
    public let hotplugReady: Reading<UInt64>
    /// Bytes of the reserved area.
    public let reservedBytes: Reading<UInt64>
    /// What the capture kernel's command line gets at its end.
    public let arguments: Reading<String>
    /// What is registered, from debugfs.
    public let regions: Reading<FadumpRegions>
    /// Nil but in a kernel that the firmware started with a dump to save.
    public let releaseFile: FilePath?
    /// Whether the dump can be read: until it is released.
    public let hasVmcore: Bool
    /// Whether the firmware can do it, by the device tree.
    public let firmwareCan: Bool

    /// Reads the machine below `root`; what cannot be read is a reading, too.
    public static func read(_ root: SystemRoot) -> FadumpState {
        FadumpState(
            enabled: .number(enabledNames, in: root),
            registered: .number(registeredNames, in: root),
            hotplugReady: .number([hotplugReadyName], in: root),
            reservedBytes: .number([reservedBytesName], in: root),
            arguments: .read(argumentsName, in: root) { name throws(HostStateError) in try root.line(name) },
            regions: .read(FadumpRegions.name, in: root) { name throws(HostStateError) in
                guard let bytes = try root.read(name) else { return nil }
                return try FadumpRegions(bytes, from: root.file(name))
            },
            releaseFile: releaseNames.first { root.exists($0) }.map { root.file($0) },
            hasVmcore: root.exists(vmcoreName), firmwareCan: firmwareNames.contains { root.exists($0) })
    }

    /// Whether the kernel has it at all.
    public var isSupported: Bool { !enabled.isAbsent }
    /// False, too, where that is not known.
    public var isEnabled: Bool { enabled.value ?? 0 != 0 }
    /// False, too, where that is not known.
    public var isRegistered: Bool { registered.value ?? 0 != 0 }
    /// Whether the firmware takes the dump of a panic.
    public var isArmed: Bool { isEnabled && isRegistered }
    /// Whether nothing goes stale on hotplug.
    public var isHotplugReady: Bool { hotplugReady.value == 1 }

    /// Whether there is a dump that was not released yet; nil where that is not known.
    public var isDumpActive: Bool? {
        if regions.value?.isDumpActive == true { return true }
        if releaseFile == nil || regions.value != nil { return false }
        return hasVmcore ? true : nil
    }

    /// Whether this kernel was started with a dump, and has given the dump's memory back or may have.
    /// The room for arguments went with it (fadump_invalidate_release_mem in Linux 7.2): what
    /// bootargs_append reads, and where it writes, is anybody's memory then.
    public var wasReleased: Bool { releaseFile != nil && isDumpActive != true }

    /// Why registering does harm; nil where it does none. The crash info header that newer kernels
    /// reserve memory for ends within a page, and that page is given back with the dump.
    public var harmOfRegistering: String? {
        guard wasReleased, let bytes = reservedBytes.value, bytes % Self.smallestPage != 0 else { return nil }
        return
            "the kernel freed the page of its crash info header with the dump, and registering writes into that page, whatever it is used for now: better reboot first"
    }

    private static let smallestPage: UInt64 = 4096
}

import HostState
import SystemPackage

/// What the kernel tells of firmware-assisted dump (Documentation/arch/powerpc/firmware-assisted-dump.rst);
/// all of it absent elsewhere than on PowerPC. Newer kernels keep the files in a folder of their own.
public struct FadumpState: Sendable {
    private static let folder = "sys/kernel/fadump"
    public static let enabledNames = ["\(folder)/enabled", "\(folder)_enabled"]
    /// Writing 1 registers, 0 unregisters.
    public static let registeredNames = ["\(folder)/registered", "\(folder)_registered"]
    /// Writing 1 gives the memory of a saved dump back. There is nothing to read.
    public static let releaseNames = ["\(folder)/release_mem", "\(folder)_release_mem"]
    public static let hotplugReadyName = "\(folder)/hotplug_ready"
    public static let reservedBytesName = "\(folder)/mem_reserved"
    public static let argumentsName = "\(folder)/bootargs_append"
    private static let vmcoreName = "proc/vmcore"
    /// There on pseries machines whose firmware can do it, whether the kernel can or not.
    private static let firmwareName = "proc/device-tree/rtas/ibm,configure-kernel-dump"

    public let enabled: Reading<UInt64>
    public let registered: Reading<UInt64>
    /// 1 when the capture kernel makes the elfcorehdr, so that nothing goes stale on hotplug. It
    /// says what the kernel can do, whether fadump is enabled or not.
    public let hotplugReady: Reading<UInt64>
    public let reservedBytes: Reading<UInt64>
    /// What the capture kernel's command line gets at its end.
    public let arguments: Reading<String>
    public let regions: Reading<FadumpRegions>
    /// Nil but in a kernel that the firmware started with a dump to save.
    public let releaseFile: FilePath?
    /// Whether the dump can be read: until it is released.
    public let hasVmcore: Bool
    public let firmwareCan: Bool

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
            hasVmcore: root.exists(vmcoreName), firmwareCan: root.exists(firmwareName))
    }

    /// Whether the kernel has it at all.
    public var isSupported: Bool { !enabled.isAbsent }
    public var isEnabled: Bool { enabled.value ?? 0 != 0 }
    public var isRegistered: Bool { registered.value ?? 0 != 0 }
    /// Whether the firmware takes the dump of a panic.
    public var isArmed: Bool { isEnabled && isRegistered }
    public var isHotplugReady: Bool { hotplugReady.value == 1 }

    /// Whether there is a dump that was not released yet; nil where that cannot be told.
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
            "the kernel gave the page of its crash info header back with the dump, and registering writes into it, whoever uses it now: better reboot first"
    }

    private static let smallestPage: UInt64 = 4096
}

import HostState
import SystemPackage

/// The control files of firmware-assisted dump (PowerPC); all absent elsewhere.
public struct FadumpFacts: Sendable {
    private static let folder = "sys/kernel/fadump"

    public let enabled: Fact<UInt64>
    public let registered: Fact<UInt64>
    /// 1 when the capture kernel makes the elfcorehdr, so that nothing goes stale on hotplug. It
    /// says what the kernel can do, whether fadump is enabled or not.
    public let hotplugReady: Fact<UInt64>
    public let reservedBytes: Fact<UInt64>
    /// What gives the memory of a saved dump back; nil but in a kernel that the firmware started
    /// with a dump to save.
    public let releaseFile: FilePath?

    static func read(_ root: SystemRoot) -> FadumpFacts {
        FadumpFacts(
            enabled: .number(["\(folder)/enabled", "\(folder)_enabled"], in: root),
            registered: .number(["\(folder)/registered", "\(folder)_registered"], in: root),
            hotplugReady: .number(["\(folder)/hotplug_ready"], in: root),
            reservedBytes: .number(["\(folder)/mem_reserved"], in: root),
            releaseFile: ["\(folder)/release_mem", "\(folder)_release_mem"].first { root.exists($0) }.map { root.file($0) })
    }

    var isEnabled: Bool { enabled.value ?? 0 != 0 }
    /// Whether the firmware takes the dump of a panic.
    var isArmed: Bool { isEnabled && registered.value ?? 0 != 0 }
}

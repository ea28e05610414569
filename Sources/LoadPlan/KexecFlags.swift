/// The flags of kexec_load(2) (include/uapi/linux/kexec.h).
public struct KexecFlags: OptionSet, Hashable, Sendable {
    /// As the kernel takes it.
    public let rawValue: UInt64
    /// Unknown bits are kept.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The image is entered at a panic.
    public static let onCrash = KexecFlags(rawValue: 0x1)
    /// The kernel that loads keeps its context and goes on when it is jumped back to
    /// (CONFIG_KEXEC_JUMP).
    public static let preserveContext = KexecFlags(rawValue: 0x2)
    /// x86 only, kernels 6.6 and newer: elfcorehdr is outside the digest and may be rewritten.
    public static let updateElfcorehdr = KexecFlags(rawValue: 0x4)
    /// Kernels 6.10 and newer: every segment that the kernel may rewrite is outside the digest.
    public static let crashHotplugUpdate = KexecFlags(rawValue: 0x8)

    /// The architecture, an ELF machine number in the upper half (KEXEC_ARCH_MASK).
    public static func architecture(machine: UInt16) -> KexecFlags { KexecFlags(rawValue: UInt64(machine) << 16) }

    /// The architecture's ELF machine number.
    public var machine: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 16) }

    /// The names of the flags that are set, the architecture aside.
    public var names: [String] {
        [
            (KexecFlags.onCrash, "KEXEC_ON_CRASH"),
            (.preserveContext, "KEXEC_PRESERVE_CONTEXT"),
            (.updateElfcorehdr, "KEXEC_UPDATE_ELFCOREHDR"),
            (.crashHotplugUpdate, "KEXEC_CRASH_HOTPLUG_UPDATE"),
        ].filter { contains($0.0) }.map { $0.1 }
    }
}

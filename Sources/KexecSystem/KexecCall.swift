import ByteStorage
import LoadPlan
import SystemPackage

/// The arguments of kexec_load(2), as they go to the kernel.
public struct KexecLoadCall: Sendable {
    /// struct kexec_segment (include/uapi/linux/kexec.h).
    public struct Segment: Sendable {
        /// buf and bufsz.
        public let contents: Bytes
        /// mem: the physical address that the contents are copied to.
        public let memory: UInt64
        /// memsz: bytes of memory; the kernel zeroes what the contents do not fill.
        public let memorySize: UInt64
    }

    /// The physical address that the old kernel jumps to.
    public let entry: UInt64
    /// In address order; none to unload.
    public let segments: [Segment]
    /// What it is for, and how it is checked.
    public let flags: KexecFlags

    /// - Parameter flags: the plan's, or its older ones
    public init(_ plan: LoadPlan, flags: KexecFlags) {
        entry = plan.entry.rawValue
        segments = plan.segments.map {
            Segment(contents: $0.contents, memory: $0.memory.start.rawValue, memorySize: $0.memory.size.rawValue)
        }
        self.flags = flags
    }

    /// No segments: what was loaded under these flags is released.
    public init(unloading flags: KexecFlags) {
        entry = 0
        segments = []
        self.flags = flags
    }
}

/// The arguments of kexec_file_load(2).
public struct KexecFileLoadCall: Sendable {
    /// Nil when something is unloaded.
    public let kernel: Bytes?
    /// Nil without one.
    public let initrd: Bytes?
    /// Without its NUL.
    public let commandLine: [UInt8]
    /// What it is for, and how it is checked.
    public let flags: KexecFileFlags

    /// - Parameter flags: the plan's, or fewer
    public init(_ plan: FileLoadPlan, flags: KexecFileFlags) {
        kernel = plan.files.first { $0.role == .kernel }?.contents
        initrd = plan.files.first { $0.role == .initrd }?.contents
        commandLine = plan.commandLine.bytes
        self.flags = flags
    }

    /// No files: what was loaded under these flags is released.
    public init(unloading flags: KexecFileFlags) {
        kernel = nil
        initrd = nil
        commandLine = []
        self.flags = flags.union(.unload)
    }
}

/// Everything that has an effect on the kernel or the machine, so that tests can record it and
/// force an errno.
public protocol KexecSystemCalls {
    /// kexec_load(2)
    func kexecLoad(_ call: KexecLoadCall) throws(Errno)
    /// kexec_file_load(2)
    func kexecFileLoad(_ call: KexecFileLoadCall) throws(Errno)
    /// sync(2)
    func synchronize()
    /// Takes down every network interface but the loopback.
    func takeInterfacesDown() throws(Errno)
    /// reboot(2) into the loaded image. Returns when that jumps back.
    func rebootIntoImage() throws(Errno)
    /// Becomes `shutdown -r now`. Returns only in tests.
    func runShutdown() throws(Errno)
    /// Writes to a file of /sys that is there, by one write(2).
    func writeControlFile(_ file: FilePath, _ bytes: [UInt8]) throws(Errno)
}

import ByteStorage
import LoadPlan
import SystemPackage

/// The arguments of kexec_load(2), as they go to the kernel.
public struct KexecLoadCall: Sendable {
    public struct Segment: Sendable {
        public let contents: Bytes
        /// Physical address and size of the memory that is filled.
        public let memory: UInt64
        public let memorySize: UInt64
    }

    public let entry: UInt64
    public let segments: [Segment]
    public let flags: KexecFlags

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

/// The system call itself, so that tests can record calls and force an errno.
public protocol KexecSystemCalls {
    func kexecLoad(_ call: KexecLoadCall) throws(Errno)
}

import LoadPlan
import PhysicalMemory
import SystemPackage

/// kexec_load(2) said no: the call, what the kernel answered, and what to do about it.
public struct KexecError: Error, CustomStringConvertible {
    public let call: KexecLoadCall
    public let errno: Errno
    /// What the errno means here, and what to do.
    public let advice: String

    public var description: String {
        let what = call.segments.isEmpty ? "unload" : "entry \(call.entry.hex), \(call.segments.count) segments"
        return "kexec_load(\(what), flags \(call.flags.rawValue.hex)): \(errno): \(advice)"
    }
}

import HostState
import LoadPlan
import PhysicalMemory
import SystemPackage

/// kexec_load(2) said no. One line: the call, what the kernel answered, what to do about it, and
/// what is loaded now.
public struct KexecError: Error, CustomStringConvertible {
    public let call: KexecLoadCall
    public let errno: Errno
    /// What the errno means here, and what to do.
    public let advice: String
    /// Whether a crash image is in place after the failure; nil when that cannot be told.
    public let crashImageLoaded: Bool?

    public var description: String {
        let name = call.segments.isEmpty ? "kexec_load(unload" : "kexec_load(entry \(call.entry.hex), \(call.segments.count) segments"
        let state =
            switch crashImageLoaded {
            case true?: "; the crash image loaded before is still in place"
            case false?: "; no crash image is in place now"
            case nil: ""
            }
        return "\(name), flags \(call.flags.rawValue.hex)): \(errno): \(advice)\(state)"
    }
}

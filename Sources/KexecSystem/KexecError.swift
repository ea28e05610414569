import LoadPlan
import PhysicalMemory
import SystemPackage

/// A call failed: which, what the kernel answered, and what to do about it.
public struct KexecError: Error, CustomStringConvertible {
    /// The call with its arguments.
    public let call: String
    /// What the kernel answered.
    public let errno: Errno
    /// What the errno means here, and what to do.
    public let advice: String

    /// - Parameter advice: what the errno means here, and what to do
    public init(call: String, errno: Errno, advice: String) {
        self.call = call
        self.errno = errno
        self.advice = advice
    }

    public var description: String { "\(call): \(errno): \(advice)" }
}

extension KexecLoadCall {
    /// As messages show it.
    var description: String {
        let what = segments.isEmpty ? "unload" : "entry \(entry.hex), \(segments.count) segments"
        return "kexec_load(\(what), flags \(flags.rawValue.hex))"
    }
}

extension KexecFileLoadCall {
    /// As messages show it.
    var description: String {
        let what = kernel == nil ? "unload" : initrd == nil ? "kernel" : "kernel, initrd"
        return "kexec_file_load(\(what), flags \(flags.rawValue.hex))"
    }
}

import LoadPlan
import SystemPackage

/// Which of the two calls loads: -c, -s, -a.
public enum SyscallChoice: Sendable {
    /// -c: kexec_load(2) alone.
    case kexecLoad
    /// -s: kexec_file_load(2) alone.
    case kexecFileLoad
    /// -a: kexec_file_load, and kexec_load where the kernel has no such call, does not know the kind of image or finds
    /// no place for it.
    case automatic

    /// Whether an answer of kexec_file_load means no more than that: then kexec_load may be tried.
    /// Everything else stands, a rejected signature above all (EKEYREJECTED, ENOKEY, EBADMSG,
    /// EPERM): what the kernel refuses to load is not loaded by another call.
    ///
    /// EINVAL is also how a kernel refuses a flag it does not know; with a flag that the user asked
    /// for it therefore stands.
    public static func mayFallBack(after errno: Errno, sending flags: KexecFileFlags) -> Bool {
        switch errno {
        case .noFunction, .execFormatError, .notSupported: true
        // The kernel's own loader looks for one free range a file, after any signature has been accepted.
        case .addressNotAvailable: true
        case .invalidArgument: flags.isDisjoint(with: [.noCMA, .forceDTB])
        default: false
        }
    }

    /// Unloading goes on to kexec_load only where there is no kexec_file_load.
    public static func mayFallBackUnloading(after errno: Errno) -> Bool { errno == .noFunction }
}

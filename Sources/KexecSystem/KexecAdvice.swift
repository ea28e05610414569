import HostState
import LoadPlan
import SystemPackage

/// What an errno of kexec_load(2) or kexec_file_load(2) means, looked up in what the running kernel shows
/// (kernel/kexec.c, kexec_load_check; kernel/kexec_core.c; kernel/kexec_file.c).
public struct KexecAdvice {
    /// Which of the two calls failed, and for which image.
    public enum Call: Sendable {
        /// kexec_load(2)
        case segments(LoadPlan.Purpose)
        /// kexec_file_load(2)
        case files(LoadPlan.Purpose)

        var purpose: LoadPlan.Purpose {
            switch self {
            case .segments(let purpose), .files(let purpose): purpose
            }
        }
    }

    let call: Call
    let root: SystemRoot

    func text(for errno: Errno) -> String {
        switch errno {
        case .notPermitted:
            LoadPermission.refusal(of: call, in: root) ?? "CAP_SYS_BOOT is needed (root), and no security module may forbid it"
        case .resourceBusy: "another kexec load is under way; try again when it has ended"
        case .noFunction: "this kernel has no such call (CONFIG_KEXEC, CONFIG_KEXEC_FILE)"
        case .invalidArgument:
            "the kernel does not take these segments or flags; is it too old for the flags, or is memory not what /proc/iomem says?"
        case .addressNotAvailable: noPlace
        case .noMemory: "the kernel has no memory for its own bookkeeping of the image"
        case .execFormatError: "the kernel's own loader does not know this kind of image"
        case .permissionDenied: "a security module or IMA's policy refuses this kernel: it has no signature, or none that they accept"
        case .keyRejected: "the kernel's signature was rejected"
        case .noKey: noKey
        case .noData: "the kernel is not signed, and this machine loads signed ones alone"
        case .badMessage: "the kernel's signature is malformed"
        default: "the image was not loaded"
        }
    }

    /// EINVAL for a load with KEXEC_PRESERVE_CONTEXT, a flag that is unknown without the option.
    static let cannotPreserveContext = "this kernel cannot keep its context (CONFIG_KEXEC_JUMP), or does not take these segments"

    /// The kernel's own loader looks for one free range a file (kexec_locate_mem_hole).
    private var noPlace: String {
        switch call {
        case .segments: "the kernel does not accept the segments' places; has the crash kernel's region been shrunk?"
        case .files(.reboot):
            "the kernel's own loader finds no free range of RAM that is large enough; -c chooses the places itself and may find one"
        case .files(.crash): "kernel, initrd and what the kernel adds do not fit into the crash kernel's region"
        }
    }

    /// The same answer for a signature and for a volume key of the dump's target (kernel/crash_dump_dm_crypt.c).
    private var noKey: String {
        guard case .files(.crash) = call, (try? HandoverState.read(root))?.volumeKeys != nil else {
            return "the kernel is signed by no key that this kernel trusts"
        }
        return
            "a key that \(root.file(HandoverState.volumeKeysFolder)) names is in no keyring of this process, or the kernel is signed by no key that this kernel trusts"
    }
}

extension Errno {
    /// EKEYREJECTED and ENOKEY of Linux (asm-generic/errno.h), which swift-system has no names for.
    static let keyRejected = Errno(rawValue: 129)
    static let noKey = Errno(rawValue: 126)
}

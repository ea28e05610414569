import ByteStorage
import HostState
import SystemPackage

/// What an errno of kexec_load(2) means, looked up in what the running kernel shows
/// (kernel/kexec.c, kexec_load_check; kernel/kexec_core.c).
enum KexecAdvice {
    static func advice(for errno: Errno, in root: SystemRoot) -> String {
        switch errno {
        case .notPermitted: notPermitted(root)
        case .resourceBusy: "another kexec load is under way; try again when it has ended"
        case .noFunction: "this kernel has no such call (CONFIG_KEXEC, CONFIG_KEXEC_FILE)"
        case .invalidArgument:
            "the kernel does not take these segments or flags; is it too old for the flags, or is memory not what /proc/iomem says?"
        case .addressNotAvailable: "the kernel does not accept the segments' places; has the crash kernel's region been shrunk?"
        case .noMemory: "the kernel has no memory for its own bookkeeping of the image"
        case .execFormatError: "the kernel's own loader does not know this kind of image"
        case .keyRejected: "the kernel's signature was rejected"
        case .noKey: "the kernel is signed by no key that this kernel trusts"
        case .badMessage: "the kernel's signature is malformed"
        default: "the image was not loaded"
        }
    }

    /// EINVAL for a load with KEXEC_PRESERVE_CONTEXT, a flag that is unknown without the option.
    static let cannotPreserveContext = "this kernel cannot keep its context (CONFIG_KEXEC_JUMP), or does not take these segments"

    private static func notPermitted(_ root: SystemRoot) -> String {
        if text("proc/sys/kernel/kexec_load_disabled", root) == "1" {
            return "kernel.kexec_load_disabled is 1: loading is switched off until the next boot"
        }
        if text("proc/sys/kernel/kexec_load_limit_panic", root) == "0" {
            return "kernel.kexec_load_limit_panic is 0: crash images may not be loaded until the next boot"
        }
        // "none [integrity] confidentiality": what is in brackets is in force.
        if let lockdown = text("sys/kernel/security/lockdown", root), !lockdown.split(separator: " ").contains("[none]") {
            return "the kernel is locked down (\(lockdown)): only signed kernels can be loaded, by kexec_file_load"
        }
        return "CAP_SYS_BOOT is needed (root), and no security module may forbid it"
    }

    private static func text(_ name: String, _ root: SystemRoot) -> String? {
        guard let bytes = try? SmallFile.read(root.file(name), limit: 4096) else { return nil }
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }
}

extension Errno {
    /// EKEYREJECTED and ENOKEY of Linux (asm-generic/errno.h), which swift-system has no names for.
    static let keyRejected = Errno(rawValue: 129)
    static let noKey = Errno(rawValue: 126)
}

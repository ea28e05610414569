import HostState
import LoadPlan

/// What the running kernel's own switches say against a load. They can only be set, not taken back, before the next boot
/// (Documentation/admin-guide/sysctl/kernel.rst; kernel/kexec_core.c, kexec_load_permitted).
public enum LoadPermission {
    /// Throws where the call would be refused: after a dry run, which must not promise more than the load keeps.
    public static func require(_ call: KexecAdvice.Call, in root: SystemRoot) throws(Refusal) {
        if let reason = refusal(of: call, in: root) { throw Refusal(reason: reason) }
    }

    /// A load that would be refused.
    public struct Refusal: Error, CustomStringConvertible {
        let reason: String
        public var description: String { "this load would be refused: \(reason)" }
    }

    /// Why such an image cannot be loaded; nil where none of the switches is in the way, or they cannot be read.
    static func refusal(of call: KexecAdvice.Call, in root: SystemRoot) -> String? {
        if let value = Reading<Int64>.sysctl("kexec_load_disabled", in: root).value, value != 0 {
            return "kernel.kexec_load_disabled is \(value): loading is switched off until the next boot"
        }
        let (limit, images) =
            switch call.purpose {
            case .crash: ("kexec_load_limit_panic", "crash images")
            case .reboot: ("kexec_load_limit_reboot", "images for a reboot")
            }
        if Reading<Int64>.sysctl(limit, in: root).value == 0 {
            return "kernel.\(limit) is 0: \(images) may not be loaded until the next boot"
        }
        // Whether a file is signed is for kexec_file_load to check.
        guard case .segments = call, let lockdown = Lockdown.read(root).value, lockdown != .none else { return nil }
        return "the kernel is locked down (\(lockdown.rawValue)): only signed kernels can be loaded, by kexec_file_load"
    }
}

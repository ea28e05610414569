import HostState

/// The firmware's switch. Many distributions lock the kernel down where it is on.
enum SecureBoot {
    /// The variable of the UEFI specification's global GUID.
    private static let name = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

    /// efivarfs puts four bytes of attributes in front of the value.
    static func read(_ root: SystemRoot) -> Reading<Bool> {
        .read(name, in: root) { name throws(HostStateError) in
            guard let bytes = try root.read(name) else { return nil }
            guard bytes.count == 5, bytes[4] <= 1 else {
                throw .contradiction(root.file(name), "\(bytes.count) bytes are not the four of attributes and a 0 or 1")
            }
            return bytes[4] == 1
        }
    }
}

/// IMA's rules, a line a rule. Not every kernel lets them be read (CONFIG_IMA_READ_POLICY).
enum IMAPolicy {
    /// "appraise func=KEXEC_KERNEL_CHECK …": kernels need a signature, and kexec_load is refused,
    /// because it has no file to look at.
    static func read(_ root: SystemRoot) -> Reading<Bool> {
        .read(["sys/kernel/security/integrity/ima/policy", "sys/kernel/security/ima/policy"], in: root) { name throws(HostStateError) in
            guard let bytes = try root.read(name) else { return nil }
            return bytes.split(separator: 0x0a).contains { rule in
                let words = rule.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
                return words.first == "appraise" && words.contains("func=KEXEC_KERNEL_CHECK")
            }
        }
    }
}

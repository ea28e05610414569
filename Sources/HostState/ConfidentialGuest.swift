import BinaryLayout

/// A virtual machine whose memory and registers its hypervisor cannot see. What hypervisors
/// otherwise do unasked (CPUID, port I/O, MSRs, HLT) raises an exception there, #VC or #VE, whose
/// handler asks for it.
public enum ConfidentialGuest: String, Sendable {
    /// Registers are encrypted as well as memory: AMD SEV-ES.
    case sevES = "AMD SEV-ES"
    /// Memory cannot be remapped either: AMD SEV-SNP.
    case sevSNP = "AMD SEV-SNP"
    /// A trust domain of Intel TDX.
    case tdx = "Intel TDX"

    /// SEV_STATUS: what of SEV is on in this guest (AMD64 Architecture Programmer's Manual, volume 2,
    /// section 15.34.10). /proc/cpuinfo does not have it where the kernel finds SYSCFG empty, as
    /// guests do (arch/x86/kernel/cpu/amd.c).
    private static let statusRegister: Int64 = 0xc001_0131
    private static let statusField = IntegerField<UInt64>("SEV_STATUS", at: 0)
    private static let statusES: UInt64 = 1 << 1
    private static let statusSNP: UInt64 = 1 << 2
    /// There with CONFIG_X86_MSR, for root.
    private static let registers = "dev/cpu/0/msr"
    /// The device by which an SNP guest talks to its security processor.
    private static let device = "sys/devices/platform/sev-guest"

    /// Nil on any other machine, and under SEV alone, which hides memory only and needs nothing of a
    /// loader. Where a paravisor handles the exceptions, the kernel knows of none of this either.
    static func read(_ root: SystemRoot, _ processor: Processor) throws(HostStateError) -> ConfidentialGuest? {
        let flags = processor.flags
        if flags.contains("tdx_guest") { return .tdx }
        // On the host itself the flags say what its guests can be.
        guard flags.contains("hypervisor") else { return nil }
        let status = processor.isAMD ? status(root) : 0
        if flags.contains("sev_snp") || status & statusSNP != 0 { return .sevSNP }
        if try root.names(in: device) != nil { return .sevSNP }
        return flags.contains("sev_es") || status & statusES != 0 ? .sevES : nil
    }

    /// 0 where it cannot be read.
    private static func status(_ root: SystemRoot) -> UInt64 {
        let bytes = try? root.part(registers, at: statusRegister, count: statusField.width)
        return (try? bytes?.span.read(statusField)) ?? 0
    }

    /// The flag of /proc/cpuinfo that says the same.
    var flag: String {
        switch self {
        case .sevES: "sev_es"
        case .sevSNP: "sev_snp"
        case .tdx: "tdx_guest"
        }
    }
}

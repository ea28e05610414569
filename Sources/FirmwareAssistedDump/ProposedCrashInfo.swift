import BinaryLayout

/// A layout of the crash info header that was proposed under the newer magic number on the way to
/// today's and that no released kernel has written. Each is recognised by what only it has; where
/// that is not plain, a header is not taken for one of these.
public enum ProposedCrashInfo: String, Hashable, Sendable, CaseIterable {
    /// The older layout, and behind the CPU mask version, elfcorehdr_size, vmcoreinfo_raddr and
    /// vmcoreinfo_size. Where the version was depended on NR_CPUS: the reason why it was given up.
    case versionAfterCPUMask = "version-after-cpu-mask"
    /// Today's layout with elfcorehdr_addr and elfcorehdr_size in front of vmcoreinfo_raddr.
    case elfcorehdrAddressInside = "elfcorehdr-address-inside"

    var description: String {
        switch self {
        case .versionAfterCPUMask: "the version field behind pt_regs and cpumask, so that its place moves with NR_CPUS"
        case .elfcorehdrAddressInside: "elfcorehdr_addr and elfcorehdr_size between crashing_cpu and vmcoreinfo_raddr"
        }
    }

    /// VMCOREINFO's note is allocated in whole pages.
    private static let page: UInt64 = 4096
    /// Far above the 4132 bytes that VMCOREINFO's note has.
    private static let highestNoteSize: UInt64 = 1 << 20

    static func recognize(_ bytes: borrowing Span<UInt8>, _ order: ByteOrder) -> ProposedCrashInfo? {
        // What reads as today's is today's.
        if areSizes(bytes, at: 32, order) { return nil }
        if isElfcorehdrAddressInside(bytes, order) { return .elfcorehdrAddressInside }
        return isVersionAfterCPUMask(bytes, order) ? .versionAfterCPUMask : nil
    }

    private static func isElfcorehdrAddressInside(_ bytes: borrowing Span<UInt8>, _ order: ByteOrder) -> Bool {
        number32(bytes, at: 8, order) == 1 && isNote(bytes, at: 32, order) && areSizes(bytes, at: 48, order)
    }

    /// The sizes of pt_regs and the CPU mask are not in it: the fields behind them are looked for.
    private static func isVersionAfterCPUMask(_ bytes: borrowing Span<UInt8>, _ order: ByteOrder) -> Bool {
        // elfcorehdr_addr, which the first kernel left 0, and the padding behind crashing_cpu.
        guard number64(bytes, at: 8, order) == 0, number32(bytes, at: 20, order) == 0 else { return false }
        let first = OlderCrashInfo.fixedSize + 16
        let last = OlderCrashInfo.fixedSize + 4088 + 1024
        return stride(from: first, through: last, by: 8).contains { version in
            number32(bytes, at: version, order) == 1 && number32(bytes, at: version + 4, order) == 0
                && isNote(bytes, at: version + 16, order)
        }
    }

    /// pt_regs_sz and cpu_mask_sz.
    private static func areSizes(_ bytes: borrowing Span<UInt8>, at offset: Int, _ order: ByteOrder) -> Bool {
        guard let registers = number32(bytes, at: offset, order), let mask = number32(bytes, at: offset + 4, order) else { return false }
        return CrashInfoSizes.isRegisters(registers) && CrashInfoSizes.isCPUMask(mask)
    }

    /// vmcoreinfo_raddr and vmcoreinfo_size.
    private static func isNote(_ bytes: borrowing Span<UInt8>, at offset: Int, _ order: ByteOrder) -> Bool {
        guard let address = number64(bytes, at: offset, order), let size = number64(bytes, at: offset + 8, order) else { return false }
        return address != 0 && address % page == 0 && 1...highestNoteSize ~= size
    }

    private static func number32(_ bytes: borrowing Span<UInt8>, at offset: Int, _ order: ByteOrder) -> UInt32? {
        try? bytes.read(IntegerField<UInt32>("a field", at: offset), order: order)
    }

    private static func number64(_ bytes: borrowing Span<UInt8>, at offset: Int, _ order: ByteOrder) -> UInt64? {
        try? bytes.read(IntegerField<UInt64>("a field", at: offset), order: order)
    }
}

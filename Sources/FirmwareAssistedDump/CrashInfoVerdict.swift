import BinaryLayout

/// By what a capture kernel decides whether it reads another kernel's crash info header. Nil for what
/// is not known.
public struct CaptureKernelABI: Hashable, Sendable {
    /// Its byte order.
    public var byteOrder: ByteOrder?
    /// Bytes of its struct pt_regs.
    public var registersSize: UInt32?
    /// Bytes of its struct cpumask, which follows NR_CPUS.
    public var cpuMaskSize: UInt32?
    /// It is of the older scheme (before Linux 6.10).
    public var isOlder: Bool

    /// What the user has said of it.
    public init(byteOrder: ByteOrder? = nil, registersSize: UInt32? = nil, cpuMaskSize: UInt32? = nil, isOlder: Bool = false) {
        self.isOlder = isOlder
        self.byteOrder = byteOrder
        self.registersSize = registersSize
        self.cpuMaskSize = cpuMaskSize
    }
}

/// Whether a capture kernel processes a dump with this header: from Linux 6.10 on by
/// is_fadump_header_compatible() of arch/powerpc/kernel/fadump.c, before by the magic number alone (rtas_fadump_process(),
/// opal_fadump_process()).
public enum CrashInfoVerdict: Hashable, Sendable {
    /// It takes the dump.
    case processed
    /// It gives the dump up, with this message in its log.
    case refused(Refusal)
    /// It depends on what is not known of the capture kernel.
    case unknown(missing: [Unknown])

    /// Why, in the words of the kernel and in the order of its checks.
    public enum Refusal: String, Hashable, Sendable, CaseIterable {
        /// The header is of the older scheme.
        case oldMagic = "old magic number, cannot process the dump"
        /// The magic number reads backwards.
        case byteOrder = "endianness mismatch between the crashed and the capture kernel"
        /// No magic number.
        case corrupted = "header is corrupted"
        /// pt_regs_sz or cpu_mask_sz differs from its own.
        case size = "header size mismatch"
        /// Of the older scheme's kernels: any other magic number than their own.
        case notValid = "Crash info header is not valid."

        /// Whether the header was read in its own byte order.
        fileprivate var isOfKnownHeader: Bool { self == .oldMagic || self == .size }
    }

    /// What of the capture kernel decides, and is not known.
    public enum Unknown: String, Hashable, Sendable, CaseIterable {
        /// CaptureKernelABI.byteOrder
        case byteOrder = "byte order"
        /// CaptureKernelABI.registersSize
        case registersSize = "size of pt_regs"
        /// CaptureKernelABI.cpuMaskSize
        case cpuMaskSize = "size of cpumask"
    }

    /// Judges the header. As the kernel does, it looks at the bytes in the capture kernel's own order, and at nothing
    /// that a refusal makes needless. The version is not compared.
    public init(_ bytes: borrowing Span<UInt8>, for kernel: CaptureKernelABI) throws(CrashInfoError) {
        if let order = kernel.byteOrder {
            self = try Self.judge(bytes, order, kernel)
            return
        }
        let verdicts = [try Self.judge(bytes, .littleEndian, kernel), try Self.judge(bytes, .bigEndian, kernel)]
        let refusals = verdicts.compactMap { verdict -> Refusal? in if case .refused(let why) = verdict { why } else { nil } }
        // Where either order leads to a refusal it is one, and the order that the header is written in says why.
        if refusals.count == verdicts.count, let why = refusals.first(where: { $0.isOfKnownHeader }) ?? refusals.first {
            self = .refused(why)
        } else {
            self = verdicts[0] == verdicts[1] ? verdicts[0] : .unknown(missing: [.byteOrder])
        }
    }

    private static func judge(
        _ bytes: borrowing Span<UInt8>, _ order: ByteOrder, _ kernel: CaptureKernelABI
    ) throws(CrashInfoError) -> CrashInfoVerdict {
        let magic = try bytes.field(CrashInfoMagic.field, order)
        if kernel.isOlder { return CrashInfoMagic(rawValue: magic) == .older ? .processed : .refused(.notValid) }
        switch CrashInfoMagic(rawValue: magic) {
        case .older?: return .refused(.oldMagic)
        case nil: return .refused(magic.byteSwapped == CrashInfoMagic.current.rawValue ? .byteOrder : .corrupted)
        case .current?: break
        }
        let registers = try bytes.field(CrashInfo.SizeField.registers, order)
        let mask = try bytes.field(CrashInfo.SizeField.cpuMask, order)
        guard kernel.registersSize ?? registers == registers, kernel.cpuMaskSize ?? mask == mask else { return .refused(.size) }
        var missing: [Unknown] = []
        if kernel.registersSize == nil { missing.append(.registersSize) }
        if kernel.cpuMaskSize == nil { missing.append(.cpuMaskSize) }
        return missing.isEmpty ? .processed : .unknown(missing: missing)
    }
}

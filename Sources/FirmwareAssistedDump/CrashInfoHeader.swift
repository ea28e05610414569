import BinaryLayout

/// The crash info header: what the first kernel leaves in the reserved area for the capture kernel
/// when it registers, and completes when it crashes (arch/powerpc/include/asm/fadump-internal.h,
/// struct fadump_crash_info_header). Its byte order is that of the kernel that wrote it.
public enum CrashInfoHeader: Hashable, Sendable {
    /// "FADMPSIG", Linux 6.10 and newer: the capture kernel makes the elfcorehdr.
    case current(CrashInfo)
    /// "FADMPINF": the first kernel made the elfcorehdr.
    case older(OlderCrashInfo)

    /// Reads a header of either kind, in the byte order of its magic number.
    /// - Parameter bytes: the header, or the memory from its start on
    public init(_ bytes: borrowing Span<UInt8>) throws(CrashInfoError) {
        for order in [ByteOrder.littleEndian, .bigEndian] {
            switch CrashInfoMagic(rawValue: try bytes.field(CrashInfoMagic.field, order)) {
            case .current?:
                if let layout = ProposedCrashInfo.recognize(bytes, order) { throw .neverShipped(layout) }
                self = .current(try CrashInfo(bytes, order: order))
                return
            case .older?:
                self = .older(try OlderCrashInfo(bytes, order: order))
                return
            case nil: continue
            }
        }
        throw .noMagic(try bytes.field(CrashInfoMagic.field, .littleEndian))
    }
}

/// The number that a header begins with: eight letters, the first in the most significant byte. A
/// little-endian kernel's FADMPSIG lies in memory as GISPMDAF.
enum CrashInfoMagic: UInt64 {
    /// FADMPSIG
    case current = 0x4641_444d_5053_4947
    /// FADMPINF
    case older = 0x4641_444d_5049_4e46

    static let field = IntegerField<UInt64>("magic_number", at: 0)
}

/// Why bytes are no crash info header that can be used.
public enum CrashInfoError: Error, Equatable, CustomStringConvertible {
    /// There are fewer bytes than the fields take.
    case truncated(TruncatedBytes)
    /// The first eight bytes, read as a little-endian number, are no magic number in either order.
    case noMagic(UInt64)
    /// A layout that only patches have had.
    case neverShipped(ProposedCrashInfo)
    /// FADMPINF, where a header is needed that leaves the elfcorehdr to the capture kernel.
    case oldMagic
    /// The header is big-endian, where only a little-endian one can be used.
    case bigEndian
    /// A field holds what no kernel writes: its name, its value, what is allowed.
    case field(String, UInt64, allowed: String)

    public var description: String {
        switch self {
        case .truncated(let bytes): "truncated crash info header: \(bytes)"
        case .noMagic(let value):
            "header is corrupted: it begins with \(value.hex) and not with FADMPSIG or FADMPINF in either byte order"
        case .neverShipped(let layout):
            "the layout '\(layout.rawValue)' (\(layout.description)) was proposed and never shipped: no kernel writes or reads it"
        case .oldMagic: "\(CrashInfoVerdict.Refusal.oldMagic.rawValue): the crashed kernel made its own elfcorehdr"
        case .bigEndian: "big-endian: e_flags of the elfcorehdr depend on the kernel's ABI, which the header does not hold"
        case .field(let name, let value, let allowed): "header is garbled: \(name) \(value.hex) is not \(allowed)"
        }
    }
}

extension Span<UInt8> {
    func field<Value>(_ field: IntegerField<Value>, _ order: ByteOrder) throws(CrashInfoError) -> Value {
        do throws(TruncatedBytes) { return try read(field, order: order) } catch { throw .truncated(error) }
    }
}

import BinaryLayout
import PhysicalMemory

/// The crash info header of kernels before Linux 6.10: 24 bytes, struct pt_regs, struct cpumask.
/// It does not hold the sizes of these two, so where it ends is not known.
public struct OlderCrashInfo: Hashable, Sendable {
    /// Bytes of the fields in front of pt_regs, four of padding among them.
    public static let fixedSize = 24

    /// That of the kernel that wrote it.
    public var byteOrder: ByteOrder
    /// The elfcorehdr that the first kernel made, behind the header.
    public var elfcorehdrAddress: PhysicalAddress
    /// Nil until the kernel crashes.
    public var crashingCPU: UInt32?
    /// What follows the fields, as far as it was given: pt_regs, CPU mask, and maybe more.
    public var rest: [UInt8]

    private enum Field {
        static let elfcorehdrAddress = IntegerField<UInt64>("elfcorehdr_addr", at: 8)
        static let crashingCPU = IntegerField<UInt32>("crashing_cpu", at: 16)
    }

    /// Reads a header whose magic number is known to be right.
    init(_ bytes: borrowing Span<UInt8>, order: ByteOrder) throws(CrashInfoError) {
        byteOrder = order
        elfcorehdrAddress = PhysicalAddress(try bytes.field(Field.elfcorehdrAddress, order))
        let cpu = try bytes.field(Field.crashingCPU, order)
        crashingCPU = cpu == CrashInfo.noCPU ? nil : cpu
        do throws(TruncatedBytes) {
            rest = try bytes.copy(from: Self.fixedSize, length: max(0, bytes.count - Self.fixedSize), what: "pt_regs")
        } catch {
            throw .truncated(error)
        }
    }

    /// The header as the kernel writes it.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(CrashInfoMagic.older.rawValue, order: byteOrder)
        bytes.append(elfcorehdrAddress.rawValue, order: byteOrder)
        bytes.append(crashingCPU ?? CrashInfo.noCPU, order: byteOrder)
        bytes.append(0 as UInt32, order: byteOrder)  // padding
        return bytes + rest
    }
}

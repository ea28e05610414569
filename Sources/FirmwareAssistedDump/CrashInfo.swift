import BinaryLayout
import PhysicalMemory

/// The crash info header of Linux 6.10 and newer: 40 bytes, struct pt_regs, struct cpumask.
public struct CrashInfo: Hashable, Sendable {
    /// The one version there is.
    public static let knownVersion: UInt32 = 1
    /// Bytes of the fields in front of pt_regs.
    public static let fixedSize = 40
    /// crashing_cpu (FADUMP_CPU_UNKNOWN) until the kernel crashes.
    static let noCPU: UInt32 = .max

    /// That of the kernel that wrote it.
    public var byteOrder: ByteOrder
    /// version, which kernels write and do not compare.
    public var version: UInt32
    /// Nil until the kernel crashes.
    public var crashingCPU: UInt32?
    /// Where the VMCOREINFO note is AFTER the firmware has moved boot memory.
    public var vmcoreinfoAddress: PhysicalAddress
    /// Bytes of that note.
    public var vmcoreinfoSize: ByteCount
    /// pt_regs_sz: bytes of struct pt_regs.
    public var registersSize: UInt32
    /// cpu_mask_sz: bytes of struct cpumask.
    public var cpuMaskSize: UInt32
    /// pt_regs and the CPU mask, as far as they were given.
    public var rest: [UInt8]

    private enum Field {
        static let version = IntegerField<UInt32>("version", at: 8)
        static let crashingCPU = IntegerField<UInt32>("crashing_cpu", at: 12)
        static let vmcoreinfoAddress = IntegerField<UInt64>("vmcoreinfo_raddr", at: 16)
        static let vmcoreinfoSize = IntegerField<UInt64>("vmcoreinfo_size", at: 24)
    }

    enum SizeField {
        static let registers = IntegerField<UInt32>("pt_regs_sz", at: 32)
        static let cpuMask = IntegerField<UInt32>("cpu_mask_sz", at: 36)
    }

    /// Reads a header whose magic number is known to be right.
    init(_ bytes: borrowing Span<UInt8>, order: ByteOrder) throws(CrashInfoError) {
        byteOrder = order
        version = try bytes.field(Field.version, order)
        let cpu = try bytes.field(Field.crashingCPU, order)
        crashingCPU = cpu == Self.noCPU ? nil : cpu
        vmcoreinfoAddress = PhysicalAddress(try bytes.field(Field.vmcoreinfoAddress, order))
        vmcoreinfoSize = ByteCount(try bytes.field(Field.vmcoreinfoSize, order))
        registersSize = try bytes.field(SizeField.registers, order)
        cpuMaskSize = try bytes.field(SizeField.cpuMask, order)
        let length = min(Int(registersSize) + Int(cpuMaskSize), bytes.count - Self.fixedSize)
        do throws(TruncatedBytes) {
            rest = try bytes.copy(from: Self.fixedSize, length: length, what: "pt_regs and cpumask")
        } catch {
            throw .truncated(error)
        }
    }

    /// Bytes of the whole header.
    public var size: Int { Self.fixedSize + Int(registersSize) + Int(cpuMaskSize) }

    /// Throws where the header is not all there, or cannot be any kernel's.
    public func requireWhole() throws(CrashInfoError) {
        guard CrashInfoSizes.isRegisters(registersSize) else {
            throw .field(SizeField.registers.name.description, UInt64(registersSize), allowed: CrashInfoSizes.allowedRegisters)
        }
        guard CrashInfoSizes.isCPUMask(cpuMaskSize) else {
            throw .field(SizeField.cpuMask.name.description, UInt64(cpuMaskSize), allowed: CrashInfoSizes.allowedCPUMask)
        }
        guard Self.fixedSize + rest.count == size else {
            throw .truncated(
                TruncatedBytes(
                    what: "pt_regs and cpumask", offset: Self.fixedSize, needed: size - Self.fixedSize,
                    available: Self.fixedSize + rest.count))
        }
    }

    /// pt_regs of the crashing CPU; nil where the header was cut.
    public var registers: [UInt8]? {
        rest.count >= Int(registersSize) ? Array(rest[..<Int(registersSize)]) : nil
    }

    /// The numbers of the CPUs that the crashed kernel may have had; nil where the header was cut.
    /// A mask is an array of 64-bit words, CPU 0 the least significant bit of the first.
    public var possibleCPUs: [Int]? {
        guard Self.fixedSize + rest.count == size else { return nil }
        let mask = Array(rest[Int(registersSize)...])
        return (0..<mask.count * 8).filter { cpu in
            let byte = byteOrder == .littleEndian ? cpu / 8 : cpu / 64 * 8 + 7 - cpu / 8 % 8
            return byte < mask.count && mask[byte] & 1 << (cpu % 8) != 0
        }
    }

    /// The header as the kernel writes it.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(CrashInfoMagic.current.rawValue, order: byteOrder)
        bytes.append(version, order: byteOrder)
        bytes.append(crashingCPU ?? Self.noCPU, order: byteOrder)
        bytes.append(vmcoreinfoAddress.rawValue, order: byteOrder)
        bytes.append(vmcoreinfoSize.rawValue, order: byteOrder)
        bytes.append(registersSize, order: byteOrder)
        bytes.append(cpuMaskSize, order: byteOrder)
        return bytes + rest
    }
}

/// What sizes the header's two structures can have. Both are made of 64-bit words.
enum CrashInfoSizes {
    /// struct pt_regs has 384 bytes on Linux 7.2; it would not be let grow to a page.
    private static let highestRegisters: UInt32 = 4088
    /// A bit for each of the 8192 CPUs that NR_CPUS allows (arch/powerpc/platforms/Kconfig.cputype).
    private static let highestCPUMask: UInt32 = 1024

    static let allowedRegisters = "a multiple of 8 from 8 to \(highestRegisters)"
    static let allowedCPUMask = "a multiple of 8 from 8 to \(highestCPUMask)"

    static func isRegisters(_ size: UInt32) -> Bool { size % 8 == 0 && 8...highestRegisters ~= size }
    static func isCPUMask(_ size: UInt32) -> Bool { size % 8 == 0 && 8...highestCPUMask ~= size }
}

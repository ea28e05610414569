/// A kernel as an ELF file, made of the PT_LOADs that a test names. The offsets are those of the ELF
/// specification, written down here a second time on purpose.
public struct SyntheticELFKernel: Sendable {
    public struct Load: Sendable {
        /// PT_LOAD
        public var type: UInt64 = 1
        public var physical: UInt64
        /// Nil for the address that Linux maps it at.
        public var virtual: UInt64?
        public var contents: [UInt8]
        /// Nil for what the contents have.
        public var fileSize: UInt64?
        public var memorySize: UInt64?
        /// Nil for where the contents are.
        public var offset: UInt64?
        public var alignment: UInt64 = 0x1000

        public init(at physical: UInt64, _ contents: [UInt8], memorySize: UInt64? = nil) {
            self.physical = physical
            self.contents = contents
            self.memorySize = memorySize
        }
    }

    public var is64Bit = true
    /// ET_EXEC
    public var type: UInt64 = 2
    /// Nil for the one of the class: EM_X86_64 or EM_386.
    public var machine: UInt64?
    public var bigEndian = false
    /// Nil for the first PT_LOAD's address and 0x10.
    public var entry: UInt64?
    public var phentsize: UInt64?
    public var phnum: UInt64?
    public var loads: [Load]

    public init(is64Bit: Bool = true, _ loads: [Load]) {
        self.is64Bit = is64Bit
        self.loads = loads
    }

    /// Text and data of a page each at 16 MiB, with more memory behind the data, as vmlinux has them.
    public static func small(is64Bit: Bool = true) -> SyntheticELFKernel {
        var generator = SeededGenerator(seed: 64)
        return SyntheticELFKernel(
            is64Bit: is64Bit,
            [
                Load(at: 0x100_0000, generator.bytes(4096)), Load(at: 0x120_0000, generator.bytes(3000), memorySize: 0x1_0000),
            ])
    }

    /// vmlinux as powerpc links it: one PT_LOAD at 0, entered at its first byte.
    public static func ppc64(bytes count: Int = 300_000, memorySize: UInt64 = 500_000) -> SyntheticELFKernel {
        var generator = SeededGenerator(seed: 21)
        var load = Load(at: 0, generator.bytes(count), memorySize: memorySize)
        load.virtual = 0xc000_0000_0000_0000
        load.alignment = 0x10000
        var kernel = SyntheticELFKernel([load])
        kernel.machine = 21
        kernel.entry = 0xc000_0000_0000_0000
        return kernel
    }

    public var headerSize: Int { is64Bit ? 64 : 52 }
    public var programHeaderSize: Int { is64Bit ? 56 : 32 }
    /// Where the first contents are.
    public var contentsStart: Int { headerSize + loads.count * programHeaderSize }

    public var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: headerSize)
        bytes.replaceSubrange(0..<7, with: [0x7f, 0x45, 0x4c, 0x46, is64Bit ? 2 : 1, bigEndian ? 2 : 1, 1])
        put(&bytes, type, at: 0x10, width: 2)
        put(&bytes, machine ?? (is64Bit ? 62 : 3), at: 0x12, width: 2)
        put(&bytes, 1, at: 0x14, width: 4)
        let start = entry ?? (loads.first?.physical ?? 0) + 0x10
        let word = is64Bit ? 8 : 4
        put(&bytes, start, at: 0x18, width: word)
        put(&bytes, UInt64(headerSize), at: is64Bit ? 0x20 : 0x1c, width: word)
        let tail = is64Bit ? 0x34 : 0x28
        put(&bytes, UInt64(headerSize), at: tail, width: 2)
        put(&bytes, phentsize ?? UInt64(programHeaderSize), at: tail + 2, width: 2)
        put(&bytes, phnum ?? UInt64(loads.count), at: tail + 4, width: 2)
        var offset = contentsStart
        for load in loads {
            bytes += programHeader(load, at: offset)
            offset += load.contents.count
        }
        return bytes + loads.flatMap(\.contents)
    }

    private func programHeader(_ load: Load, at offset: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: programHeaderSize)
        let fileSize = load.fileSize ?? UInt64(load.contents.count)
        let virtual = load.virtual ?? (is64Bit ? 0xffff_ffff_8000_0000 &+ load.physical : (0xc000_0000 &+ load.physical) & 0xffff_ffff)
        let values = [load.offset ?? UInt64(offset), virtual, load.physical, fileSize, load.memorySize ?? fileSize]
        put(&header, load.type, at: 0, width: 4)
        put(&header, 7, at: is64Bit ? 4 : 24, width: 4)
        for (index, value) in values.enumerated() {
            put(&header, value, at: is64Bit ? 8 + index * 8 : 4 + index * 4, width: is64Bit ? 8 : 4)
        }
        put(&header, load.alignment, at: is64Bit ? 48 : 28, width: is64Bit ? 8 : 4)
        return header
    }

    private func put(_ bytes: inout [UInt8], _ value: UInt64, at offset: Int, width: Int) {
        bytes.putLittleEndian(value, at: offset, width: width)
        if bigEndian { bytes[offset..<offset + width].reverse() }
    }
}

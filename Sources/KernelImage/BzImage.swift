import BinaryLayout
import ByteStorage
import PhysicalMemory

/// An x86 bzImage and what it asks of a loader (Documentation/arch/x86/boot.rst).
public struct BzImage: Sendable {
    /// Protocol 2.12, the first with xloadflags and so with the 64-bit entry point.
    public static let oldestVersion: UInt16 = 0x020c
    /// Protocol 2.10, the first with init_size and pref_address.
    public static let oldestSizedVersion: UInt16 = 0x020a
    /// The 64-bit entry point, from the start of the protected-mode part.
    public static let entryOffset = ByteCount(0x200 as UInt64)
    /// loadflags, bit 0: the protected-mode part is loaded at or above 1 MiB. Without it the file
    /// is a zImage.
    static let loadedHigh: UInt8 = 0x01

    /// How it is to be entered.
    public let entry: KernelEntry
    /// The setup header, from 0x1f1 to its end, as boot_params takes it over.
    public let setupHeader: [UInt8]
    /// The boot sector and the real-mode code, up to the protected-mode part.
    public let realMode: Bytes
    /// The protected-mode part: what is loaded.
    public let protectedMode: Bytes

    /// The boot protocol's version, 0x020f for 2.15.
    public let version: UInt16
    /// xloadflags
    public let loadFlags: ExtendedLoadFlags
    /// relocatable_kernel: it runs where it is loaded; otherwise at `preferredAddress` alone.
    public let isRelocatable: Bool
    /// kernel_alignment: a power of two, at least a page.
    public let alignment: ByteCount
    /// pref_address: where it prefers to be loaded.
    public let preferredAddress: PhysicalAddress
    /// init_size: the memory that the kernel takes, from where it is loaded, until it has found its own memory.
    public let memorySize: ByteCount
    /// The highest address of the initrd's last byte, for a kernel that must not be above 4 GiB.
    public let highestInitrdAddress: PhysicalAddress
    /// The longest command line, without its terminating NUL, in bytes.
    public let commandLineLimit: Int

    /// The 64-bit entry where the file has it, else the 32-bit one.
    public static func bestEntry(of file: Bytes) -> KernelEntry {
        let fields = file.withSpan { bytes in try? Fields(bytes) }
        guard let fields else { return .bits64 }
        let flags = ExtendedLoadFlags(rawValue: fields.xloadflags)
        return fields.version >= oldestVersion && flags.contains(.kernel64) ? .bits64 : .bits32
    }

    /// Reads a bzImage that is to be entered in that way. Throws where the file is none, is cut off, or
    /// has no such entry.
    public init(_ file: Bytes, entry: KernelEntry = .bits64) throws(KernelImageError) {
        let fields = try file.withSpan { (bytes) throws(KernelImageError) in try Fields(bytes) }
        let start = (Int(fields.setupSects == 0 ? 4 : fields.setupSects) + 1) * 512
        guard start < file.count, let realMode = file.slice(0..<start), let protectedMode = file.slice(start..<file.count) else {
            throw .truncated(
                TruncatedBytes(
                    what: "the protected-mode kernel", offset: start, needed: 1, available: file.count))
        }
        let systemSize = UInt64(fields.syssize) * 16
        guard UInt64(protectedMode.count) >= systemSize else {
            throw .truncated(
                TruncatedBytes(
                    what: "the protected-mode kernel (syssize)", offset: start, needed: Int(clamping: systemSize),
                    available: file.count))
        }
        try Self.check(fields, for: entry)
        // Where a kernel runs at one address only, nothing is aligned.
        guard fields.relocatable == 0 || (fields.alignment >= ByteCount.page.rawValue && fields.alignment & (fields.alignment - 1) == 0)
        else {
            throw .field(
                "kernel_alignment", UInt64(fields.alignment), at: SetupHeader.kernelAlignment.offset,
                allowed: "must be a power of two and at least 0x1000")
        }
        let memory = ByteCount(max(UInt64(fields.initSize), UInt64(protectedMode.count)))
        guard let memorySize = memory.alignedUp(to: .page) else {
            throw .field("init_size", UInt64(fields.initSize), at: SetupHeader.initSize.offset, allowed: "is too large")
        }
        self.entry = entry
        self.memorySize = memorySize
        self.realMode = realMode
        self.protectedMode = protectedMode
        setupHeader = fields.header
        version = fields.version
        loadFlags = ExtendedLoadFlags(rawValue: fields.xloadflags)
        isRelocatable = fields.relocatable != 0
        alignment = isRelocatable ? ByteCount(UInt64(fields.alignment)) : .page
        preferredAddress = PhysicalAddress(fields.prefAddress)
        highestInitrdAddress = PhysicalAddress(UInt64(fields.initrdAddrMax))
        commandLineLimit = Int(fields.cmdlineSize)
    }

    /// What the way of entering asks of the header.
    private static func check(_ fields: Fields, for entry: KernelEntry) throws(KernelImageError) {
        switch entry {
        case .bits64:
            guard fields.version >= oldestVersion else {
                throw .field(
                    "version", UInt64(fields.version), at: SetupHeader.version.offset,
                    allowed: "must be at least 0x20c for the 64-bit boot protocol")
            }
            guard ExtendedLoadFlags(rawValue: fields.xloadflags).contains(.kernel64) else {
                throw .field(
                    "xloadflags", UInt64(fields.xloadflags), at: SetupHeader.xloadflags.offset,
                    allowed: "has no 64-bit entry point (bit 0); this is a 32-bit kernel")
            }
            guard fields.relocatable != 0 else {
                throw .field(
                    "relocatable_kernel", 0, at: SetupHeader.relocatableKernel.offset,
                    allowed: "must be 1: a crash kernel runs where it is loaded (CONFIG_RELOCATABLE)")
            }
        case .bits32, .realMode:
            guard fields.loadflags & loadedHigh != 0 else {
                throw .field(
                    "loadflags", UInt64(fields.loadflags), at: SetupHeader.loadflags.offset,
                    allowed: "lacks LOADED_HIGH (bit 0): a zImage, not a bzImage")
            }
            guard fields.relocatable != 0 || fields.prefAddress & (ByteCount.page.rawValue - 1) == 0 else {
                throw .field(
                    "pref_address", fields.prefAddress, at: SetupHeader.prefAddress.offset, allowed: "must be a multiple of 0x1000")
            }
        }
    }
}

/// The setup header's fields as they stand in the file.
private struct Fields {
    let header: [UInt8]
    let setupSects: UInt8
    let syssize: UInt32
    let version: UInt16
    let loadflags: UInt8
    let initrdAddrMax: UInt32
    let alignment: UInt32
    let relocatable: UInt8
    let xloadflags: UInt16
    let cmdlineSize: UInt32
    let prefAddress: UInt64
    let initSize: UInt32

    init(_ bytes: borrowing Span<UInt8>) throws(KernelImageError) {
        let format = KernelFormat.detect(bytes)
        guard format == .bzImage else { throw .foreign(format) }
        do throws(TruncatedBytes) { version = try bytes.read(SetupHeader.version) } catch { throw .truncated(error) }
        // First, because an older header is shorter.
        guard version >= BzImage.oldestSizedVersion else {
            throw .field(
                "version", UInt64(version), at: SetupHeader.version.offset,
                allowed: "must be at least 0x20a, the first with init_size: how much memory the kernel needs")
        }
        let end: Int
        do throws(TruncatedBytes) {
            end = 0x202 + Int(try bytes.read(SetupHeader.jumpOffset))
            header = try bytes.copy(from: SetupHeader.start, length: end - SetupHeader.start, what: "the setup header")
            setupSects = try bytes.read(SetupHeader.setupSects)
            syssize = try bytes.read(SetupHeader.syssize)
            loadflags = try bytes.read(SetupHeader.loadflags)
            initrdAddrMax = try bytes.read(SetupHeader.initrdAddrMax)
            alignment = try bytes.read(SetupHeader.kernelAlignment)
            relocatable = try bytes.read(SetupHeader.relocatableKernel)
            xloadflags = try bytes.read(SetupHeader.xloadflags)
            cmdlineSize = try bytes.read(SetupHeader.cmdlineSize)
            prefAddress = try bytes.read(SetupHeader.prefAddress)
            initSize = try bytes.read(SetupHeader.initSize)
        } catch {
            throw .truncated(error)
        }
        let shortestEnd = SetupHeader.initSize.offset + SetupHeader.initSize.width
        guard end >= shortestEnd, end <= SetupHeader.furthestEnd else {
            throw .field(
                "jump", UInt64(end - 0x202), at: SetupHeader.jumpOffset.offset,
                allowed: "puts the end of the setup header outside 0x264...0x290")
        }
    }
}

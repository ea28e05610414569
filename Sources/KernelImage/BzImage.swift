import BinaryLayout
import ByteStorage
import PhysicalMemory

/// An x86 bzImage and what it asks of a loader that enters it by the 64-bit boot protocol
/// (Documentation/arch/x86/boot.rst).
public struct BzImage: Sendable {
    /// Protocol 2.12, the first with xloadflags and so with the 64-bit entry point.
    public static let oldestVersion: UInt16 = 0x020c
    /// The 64-bit entry point, from the start of the protected-mode part.
    public static let entryOffset = ByteCount(0x200 as UInt64)

    /// The setup header, from 0x1f1 to its end, as boot_params takes it over.
    public let setupHeader: [UInt8]
    /// The protected-mode part: what is loaded.
    public let protectedMode: Bytes

    /// The boot protocol's version, 0x020f for 2.15.
    public let version: UInt16
    public let loadFlags: ExtendedLoadFlags
    /// A power of two, at least a page.
    public let alignment: ByteCount
    /// What the kernel occupies, from where it is loaded, until it has found its own memory.
    public let memorySize: ByteCount
    /// The highest address of the initrd's last byte, for a kernel that must not be above 4 GiB.
    public let highestInitrdAddress: PhysicalAddress
    /// The longest command line, without its terminating NUL, in bytes.
    public let commandLineLimit: Int

    public init(_ file: Bytes) throws(KernelImageError) {
        let fields = try file.withSpan { (bytes) throws(KernelImageError) in try Fields(bytes) }
        let start = (Int(fields.setupSects == 0 ? 4 : fields.setupSects) + 1) * 512
        guard start < file.count, let protectedMode = file.slice(start..<file.count) else {
            throw .truncated(TruncatedBytes(
                what: "the protected-mode kernel", offset: start, needed: 1, available: file.count))
        }
        let systemSize = UInt64(fields.syssize) * 16
        guard UInt64(protectedMode.count) >= systemSize else {
            throw .truncated(TruncatedBytes(
                what: "the protected-mode kernel (syssize)", offset: start, needed: Int(clamping: systemSize),
                available: file.count))
        }
        loadFlags = ExtendedLoadFlags(rawValue: fields.xloadflags)
        guard loadFlags.contains(.kernel64) else {
            throw .field("xloadflags", UInt64(fields.xloadflags), at: SetupHeader.xloadflags.offset, allowed: "has no 64-bit entry point (bit 0); this is a 32-bit kernel")
        }
        guard fields.relocatable != 0 else {
            throw .field("relocatable_kernel", 0, at: SetupHeader.relocatableKernel.offset, allowed: "must be 1: a crash kernel runs where it is loaded (CONFIG_RELOCATABLE)")
        }
        guard fields.alignment >= ByteCount.page.rawValue, fields.alignment & (fields.alignment - 1) == 0 else {
            throw .field("kernel_alignment", UInt64(fields.alignment), at: SetupHeader.kernelAlignment.offset, allowed: "must be a power of two and at least 0x1000")
        }
        let memory = ByteCount(max(UInt64(fields.initSize), UInt64(protectedMode.count)))
        guard let memorySize = memory.alignedUp(to: .page) else {
            throw .field("init_size", UInt64(fields.initSize), at: SetupHeader.initSize.offset, allowed: "is too large")
        }
        self.memorySize = memorySize
        self.protectedMode = protectedMode
        setupHeader = fields.header
        version = fields.version
        alignment = ByteCount(UInt64(fields.alignment))
        highestInitrdAddress = PhysicalAddress(UInt64(fields.initrdAddrMax))
        commandLineLimit = Int(fields.cmdlineSize)
    }
}

/// The setup header's fields as they stand in the file.
private struct Fields {
    let header: [UInt8]
    let setupSects: UInt8
    let syssize: UInt32
    let version: UInt16
    let initrdAddrMax: UInt32
    let alignment: UInt32
    let relocatable: UInt8
    let xloadflags: UInt16
    let cmdlineSize: UInt32
    let initSize: UInt32

    init(_ bytes: borrowing Span<UInt8>) throws(KernelImageError) {
        let format = KernelFormat.detect(bytes)
        guard format == .bzImage else { throw .foreign(format) }
        do throws(TruncatedBytes) { version = try bytes.read(SetupHeader.version) } catch { throw .truncated(error) }
        // First, because an older header is shorter.
        guard version >= BzImage.oldestVersion else {
            throw .field(
                "version", UInt64(version), at: SetupHeader.version.offset,
                allowed: "must be at least 0x20c for the 64-bit boot protocol")
        }
        let end: Int
        do throws(TruncatedBytes) {
            end = 0x202 + Int(try bytes.read(SetupHeader.jumpOffset))
            header = try bytes.copy(from: SetupHeader.start, length: end - SetupHeader.start, what: "the setup header")
            setupSects = try bytes.read(SetupHeader.setupSects)
            syssize = try bytes.read(SetupHeader.syssize)
            initrdAddrMax = try bytes.read(SetupHeader.initrdAddrMax)
            alignment = try bytes.read(SetupHeader.kernelAlignment)
            relocatable = try bytes.read(SetupHeader.relocatableKernel)
            xloadflags = try bytes.read(SetupHeader.xloadflags)
            cmdlineSize = try bytes.read(SetupHeader.cmdlineSize)
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

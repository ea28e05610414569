import BinaryLayout

/// The structure that ACPI's tables begin with, the RSDP (ACPI Specification, section 5.2.5.3), as
/// it stands in memory. The kernel shows only where that is; its bytes come from /dev/mem.
public struct ACPIRootPointer: Hashable, Sendable {
    /// The file. Kernels with CONFIG_IO_STRICT_DEVMEM show of ACPI's memory only what lies below 1 MiB.
    public static let name = "dev/mem"
    private static let signature = Array("RSD PTR ".utf8)
    /// The whole structure of ACPI 1.0, and what its checksum covers.
    private static let oldSize = 20
    /// The structure since ACPI 2.0, by its own length.
    private static let newSize = 36
    private static let revision = IntegerField<UInt8>("Revision", at: 15)
    private static let length = IntegerField<UInt32>("Length", at: 20)

    /// The structure with its checksums right.
    public let bytes: [UInt8]
    /// Of ACPI 2.0 or newer: it names an XSDT.
    public var isExtended: Bool { bytes.count > Self.oldSize }

    /// Reads it at that physical address; nil where that cannot be read, or holds something else.
    public static func read(_ host: HostState, at address: UInt64) -> ACPIRootPointer? {
        guard let offset = Int64(exactly: address),
            let bytes = try? host.root.part(name, at: offset, count: newSize)
        else { return nil }
        return ACPIRootPointer(bytes)
    }

    init?(_ memory: [UInt8]) {
        guard memory.starts(with: Self.signature), memory.count >= Self.oldSize, Self.isSumZero(memory.prefix(Self.oldSize)),
            let revision = try? memory.span.read(Self.revision)
        else { return nil }
        guard revision >= 2 else {
            bytes = Array(memory.prefix(Self.oldSize))
            return
        }
        guard let length = try? memory.span.read(Self.length), length == Self.newSize, memory.count >= Self.newSize,
            Self.isSumZero(memory.prefix(Self.newSize))
        else { return nil }
        bytes = Array(memory.prefix(Self.newSize))
    }

    private static func isSumZero(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.reduce(0) { $0 &+ $1 } == 0 }
}

extension HostState {
    /// boot_params, acpi_rsdp_addr (Documentation/arch/x86/zero-page.rst).
    private static let rsdpAddress = IntegerField<UInt64>("acpi_rsdp_addr", at: 0x070)

    /// The ACPI root pointer's physical address as boot loader or EFI firmware handed it over; nil where
    /// neither did.
    public var acpiRootAddress: UInt64? {
        let handedOver = bootParameters.flatMap { try? $0.span.read(Self.rsdpAddress) } ?? 0
        let address = handedOver != 0 ? handedOver : efiTables["ACPI20"] ?? efiTables["ACPI"] ?? 0
        return address == 0 ? nil : address
    }
}

import BinaryLayout
import HostState
import PhysicalMemory

/// What an EFI machine's next kernel is handed, so that it can call the runtime services that this
/// boot's kernel has already moved (arch/x86/platform/efi/quirks.c, efi_reuse_config;
/// struct efi_setup_data).
struct EFIHandover {
    /// type, padding, phys_addr, virt_addr, num_pages, attribute.
    static let descriptorSize: UInt32 = 40
    /// fw_vendor, runtime, tables, smbios and eight reserved members of eight bytes.
    private static let setupDataSize = 12 * 8

    /// The data of the setup_data of type EFI: struct efi_setup_data and, behind it, the runtime
    /// map. The kernel finds the map by its address alone; as part of the list it is memory that
    /// neither the decompressor's KASLR nor the early allocator touches.
    let setupData: [UInt8]
    let runtimeMapSize: Int

    /// Nil on a machine without EFI runtime services.
    init?(_ efi: EFIState?, tables: [String: UInt64]) {
        guard let efi, !efi.runtimeMap.isEmpty else { return nil }
        var data: [UInt8] = []
        for value in [efi.vendor, efi.runtime, efi.configTable, tables["SMBIOS"] ?? 0] { data.append(value) }
        data += [UInt8](repeating: 0, count: Self.setupDataSize - data.count)
        for mapping in efi.runtimeMap {
            data.append(UInt64(UInt32(truncatingIfNeeded: mapping.type)))  // u32 type, u32 padding
            data.append(mapping.physicalAddress)
            data.append(mapping.virtualAddress)
            data.append(mapping.pages)
            data.append(mapping.attribute)
        }
        setupData = data
        runtimeMapSize = data.count - Self.setupDataSize
    }

    /// Where the runtime map lies when the setup_data's data lie at `address`.
    func runtimeMap(dataAt address: PhysicalAddress) -> PhysicalAddress {
        PhysicalAddress(address.rawValue &+ UInt64(Self.setupDataSize))
    }
}

import BinaryLayout
import HostState
import PhysicalMemory

/// What an EFI machine's next kernel is told, so that it can call the runtime services that this
/// boot's kernel has already moved (arch/x86/platform/efi/quirks.c, efi_reuse_config;
/// struct efi_setup_data).
struct EFIHandover {
    /// type, padding, phys_addr, virt_addr, num_pages, attribute.
    static let descriptorSize: UInt32 = 40

    /// The members of struct efi_setup_data: fw_vendor, runtime, tables, smbios, eight reserved.
    let setupData: [UInt8]
    let runtimeMap: [UInt8]

    /// Nil on a machine without EFI runtime services.
    init?(_ efi: EFIState?) {
        guard let efi, !efi.runtimeMap.isEmpty else { return nil }
        var setupData: [UInt8] = []
        for value in [efi.vendor, efi.runtime, efi.configTable, efi.tables["SMBIOS"] ?? 0] { setupData.append(value) }
        setupData += [UInt8](repeating: 0, count: 8 * 8)
        var runtimeMap: [UInt8] = []
        for mapping in efi.runtimeMap {
            runtimeMap.append(UInt64(UInt32(truncatingIfNeeded: mapping.type)))  // u32 type, u32 padding
            runtimeMap.append(mapping.physicalAddress)
            runtimeMap.append(mapping.virtualAddress)
            runtimeMap.append(mapping.pages)
            runtimeMap.append(mapping.attribute)
        }
        self.setupData = setupData
        self.runtimeMap = runtimeMap
    }
}

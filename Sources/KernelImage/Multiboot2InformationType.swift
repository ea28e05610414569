/// The types of tags in the boot information that a Multiboot2 image is handed (Multiboot2
/// Specification 2.0, section 3.6); `name(of:)` has their names there.
public enum Multiboot2InformationType: UInt32, Sendable, CaseIterable {
    case end = 0
    case commandLine = 1
    case bootLoaderName = 2
    case module = 3
    case basicMemory = 4
    case bootDevice = 5
    case memoryMap = 6
    case vbe = 7
    case framebuffer = 8
    case elfSections = 9
    case apm = 10
    case efi32SystemTable = 11
    case efi64SystemTable = 12
    case smbios = 13
    case acpiOld = 14
    case acpiNew = 15
    case network = 16
    case efiMemoryMap = 17
    case bootServicesRunning = 18
    case efi32ImageHandle = 19
    case efi64ImageHandle = 20
    case loadBase = 21

    /// What this loader gives, where the machine has it: a request does not mean that there must be
    /// something, "e.g. on a videoless system".
    static let given: Set<UInt32> = Set(
        [Self.end, .commandLine, .bootLoaderName, .module, .basicMemory, .memoryMap, .acpiOld, .acpiNew, .loadBase].map(\.rawValue))

    static func name(of type: UInt32) -> String {
        switch Self(rawValue: type) {
        case .end: "end"
        case .commandLine: "command line"
        case .bootLoaderName: "boot loader name"
        case .module: "modules"
        case .basicMemory: "basic memory information"
        case .bootDevice: "BIOS boot device"
        case .memoryMap: "memory map"
        case .vbe: "VBE information"
        case .framebuffer: "framebuffer"
        case .elfSections: "ELF sections"
        case .apm: "APM table"
        case .efi32SystemTable: "EFI 32-bit system table"
        case .efi64SystemTable: "EFI 64-bit system table"
        case .smbios: "SMBIOS tables"
        case .acpiOld: "ACPI 1.0 RSDP"
        case .acpiNew: "ACPI 2.0 RSDP"
        case .network: "network information"
        case .efiMemoryMap: "EFI memory map"
        case .bootServicesRunning: "EFI boot services not terminated"
        case .efi32ImageHandle: "EFI 32-bit image handle"
        case .efi64ImageHandle: "EFI 64-bit image handle"
        case .loadBase: "load base address"
        case nil: "unknown"
        }
    }
}

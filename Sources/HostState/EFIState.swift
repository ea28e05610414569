import PhysicalMemory

/// What the firmware of an EFI machine left for the kernels of this boot.
public struct EFIState: Sendable {
    /// One entry of the runtime memory map (UEFI specification, EFI_MEMORY_DESCRIPTOR).
    public struct RuntimeMapping: Hashable, Sendable {
        /// EFI_MEMORY_TYPE.
        public let type: UInt64
        /// Where it begins.
        public let physicalAddress: UInt64
        /// Where SetVirtualAddressMap() has put it.
        public let virtualAddress: UInt64
        /// Its size in pages of 4096 bytes.
        public let pages: UInt64
        /// EFI_MEMORY_ bits.
        public let attribute: UInt64
    }

    /// Where the kernel shows all of this (Documentation/ABI/testing/sysfs-firmware-efi).
    public static let folder = "sys/firmware/efi"

    /// fw_vendor of the EFI system table: the firmware's name, as a physical address.
    public let vendor: UInt64
    /// Physical address of the EFI runtime services table.
    public let runtime: UInt64
    /// Physical address of the EFI configuration table.
    public let configTable: UInt64
    /// In the order of their physical addresses.
    public let runtimeMap: [RuntimeMapping]

    /// Nil on a machine without EFI, or whose kernel exports no runtime map.
    static func read(_ root: SystemRoot) throws(HostStateError) -> EFIState? {
        guard let vendor = try root.number("\(folder)/fw_vendor", radix: 16),
            let runtime = try root.number("\(folder)/runtime", radix: 16),
            let configTable = try root.number("\(folder)/config_table", radix: 16),
            let entries = try root.names(in: "\(folder)/runtime-map")
        else { return nil }
        var map: [RuntimeMapping] = []
        for entry in entries {
            map.append(try mapping("\(folder)/runtime-map/\(entry)", root))
        }
        return EFIState(
            vendor: vendor, runtime: runtime, configTable: configTable, runtimeMap: map.sorted { $0.physicalAddress < $1.physicalAddress })
    }

    private static func mapping(_ folder: String, _ root: SystemRoot) throws(HostStateError) -> RuntimeMapping {
        func field(_ name: String) throws(HostStateError) -> UInt64 {
            guard let value = try root.number("\(folder)/\(name)", radix: 16) else {
                throw .missing(root.file("\(folder)/\(name)"), what: "a part of the EFI runtime memory map")
            }
            return value
        }
        return RuntimeMapping(
            type: try field("type"), physicalAddress: try field("phys_addr"), virtualAddress: try field("virt_addr"),
            pages: try field("num_pages"), attribute: try field("attribute"))
    }

    /// From systab: the names in front of '=' (ACPI20, ACPI, SMBIOS3, SMBIOS) and the addresses.
    /// A machine has them also where it is booted without runtime services.
    static func readTables(_ root: SystemRoot) throws(HostStateError) -> [String: UInt64] {
        let name = "\(folder)/systab"
        var tables: [String: UInt64] = [:]
        for (index, line) in (try root.read(name) ?? []).lines.enumerated() {
            guard let equals = line.firstIndex(of: 0x3d), let value = line[(equals + 1)...].trimmed.number(radix: 16) else {
                throw .garbled(root.file(name), line: index + 1, found: line.text, allowed: "'TABLE=0xADDRESS'")
            }
            tables[line[..<equals].text] = value
        }
        return tables
    }
}

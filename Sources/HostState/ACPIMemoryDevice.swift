/// Memory that ACPI describes as a device, because it can be plugged in and out (ACPI Specification, "Memory Devices").
enum ACPIMemoryDevice {
    private static let folder = "sys/bus/acpi/devices"
    /// The devices' names are this and a number.
    private static let prefix = "PNP0C80:"

    /// Whether there is one; nil where the machine, or who recorded it, shows no devices at all.
    static func isPresent(_ root: SystemRoot) throws(HostStateError) -> Bool? {
        try root.names(in: folder) == nil ? nil : try !names(root).isEmpty
    }

    /// A file of each, for a snapshot: the folders' names are all that counts.
    static func files(_ root: SystemRoot) throws(HostStateError) -> [String] { try names(root).map { "\(folder)/\($0)/hid" } }

    private static func names(_ root: SystemRoot) throws(HostStateError) -> [String] {
        try root.names(in: folder)?.filter { $0.hasPrefix(prefix) } ?? []
    }
}

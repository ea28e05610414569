import PhysicalMemory

/// One range of the memory map that firmware handed to this boot's kernel
/// (Documentation/ABI/testing/sysfs-firmware-memmap).
public struct FirmwareRange: Hashable, Sendable {
    /// Where it lies.
    public let range: PhysicalRange
    /// The type, by the name that /proc/iomem has for it: "System RAM", "Reserved".
    public let name: String
    /// Of all names this one alone means memory that whoever comes may use; one that is not known does not.
    public var isRAM: Bool { name == "System RAM" }

    /// A folder a range, with start, end and type.
    public static let folder = "sys/firmware/memmap"

    /// In address order; nil where the kernel does not export it (CONFIG_FIRMWARE_MEMMAP).
    static func read(_ root: SystemRoot) throws(HostStateError) -> [FirmwareRange]? {
        guard let entries = try root.names(in: folder) else { return nil }
        var ranges: [FirmwareRange] = []
        for entry in entries {
            let name = "\(folder)/\(entry)"
            guard let start = try root.number("\(name)/start", radix: 16), let last = try root.number("\(name)/end", radix: 16),
                let type = try root.read("\(name)/type")
            else { throw .missing(root.file(name), what: "a range of the firmware's memory map (start, end, type)") }
            guard let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last)) else {
                throw .contradiction(root.file(name), "its start \(start.hex) is above its end \(last.hex)")
            }
            ranges.append(FirmwareRange(range: range, name: type.trimmed.text))
        }
        return ranges.sorted { ($0.range.start, $0.range.end) < ($1.range.start, $1.range.end) }
    }
}

import ByteStorage
import HostState
import JSON
import PhysicalMemory
import SystemPackage

/// The files that `swkexec fadump` reads: each the text that the kernel prints, or JSON of the form
/// documented in swkexec-fadump(8).
public enum FadumpFiles {
    /// The list of memory of a machine with 100,000 ranges has a few MiB.
    private static let textLimit = 16 << 20

    /// Larger than a header with the largest CPU mask that there is.
    private static let headerLimit = 64 << 10

    /// The header's bytes and what of the memory behind it was saved with it.
    public static func header(_ path: FilePath) throws -> [UInt8] { try SmallFile.head(path, limit: headerLimit).bytes }

    /// The regions out of fadump_region's text, or out of the JSON that `fadump status` prints.
    public static func regions(_ path: FilePath) throws -> FadumpRegions {
        let bytes = try SmallFile.read(path, limit: textLimit)
        guard isJSON(bytes) else { return try FadumpRegions(bytes, from: path) }
        return try FadumpRegions(try list(bytes, of: "regions", path), from: path)
    }

    /// The ranges of memory, in the order of the file.
    public static func memory(_ path: FilePath) throws -> [PhysicalRange] {
        let bytes = try SmallFile.read(path, limit: textLimit)
        // What drivers have added to the running kernel's memory was not there when it booted.
        guard isJSON(bytes) else { return try IOMemory(bytes, from: path).ranges(named: "System RAM") }
        return try list(bytes, of: "memory", path).map { entry in
            try JSONEntry(entry, path).range()
        }
    }

    /// A line of fadump_region may begin with a bracket, too, and an address behind it.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        let text = bytes.drop { $0 <= 0x20 }
        return text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") && !text.starts(with: "[0x".utf8)
    }

    /// A list, or an object that has it under that name.
    private static func list(_ bytes: [UInt8], of name: String, _ path: FilePath) throws(HostStateError) -> [JSONValue] {
        let value: JSONValue
        do { value = try JSONReader.value(bytes) } catch { throw .contradiction(path, "\(error)") }
        switch value {
        case .array(let list): return list
        case .object(let members):
            guard case .array(let list)? = members.first(where: { $0.0 == name })?.1 else {
                throw .contradiction(path, "the object has no list '\(name)'")
            }
            return list
        default: throw .contradiction(path, "no list of \(name)")
        }
    }
}

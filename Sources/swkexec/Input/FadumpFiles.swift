import ByteStorage
import FirmwareAssistedDump
import HostState
import PhysicalMemory
import SystemPackage

/// The files that `swkexec fadump` reads: each the text that the kernel prints, or JSON of the form
/// documented in swkexec-fadump(8).
enum FadumpFiles {
    /// The list of memory of a machine with 100,000 ranges has a few MiB.
    private static let textLimit = 16 << 20

    /// Larger than a header with the largest CPU mask that there is.
    private static let headerLimit = 64 << 10

    /// The header's bytes and what of the memory behind it was saved with it.
    static func header(_ path: FilePath) throws -> [UInt8] { try SmallFile.head(path, limit: headerLimit).bytes }

    static func regions(_ path: FilePath) throws -> FadumpRegions {
        let bytes = try SmallFile.read(path, limit: textLimit)
        guard isJSON(bytes) else { return try FadumpRegions(bytes, from: path) }
        return try FadumpRegionsJSON.regions(try list(bytes, of: "regions", path), path)
    }

    /// The ranges of memory, in the order of the file.
    static func memory(_ path: FilePath) throws -> [PhysicalRange] {
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

/// One object of a list.
struct JSONEntry {
    private let members: [(String, JSONValue)]
    private let path: FilePath

    init(_ value: JSONValue, _ path: FilePath) throws(HostStateError) {
        guard case .object(let members) = value else { throw .contradiction(path, "an entry of the list is no object") }
        self.members = members
        self.path = path
    }

    func has(_ name: String) -> Bool { members.contains { $0.0 == name } }

    func text(_ name: String) throws(HostStateError) -> String {
        guard case .string(let text)? = members.first(where: { $0.0 == name })?.1 else {
            throw .contradiction(path, "an entry has no text '\(name)'")
        }
        return text
    }

    /// A number, or a string of hexadecimal digits behind 0x.
    func number(_ name: String) throws(HostStateError) -> UInt64 {
        switch members.first(where: { $0.0 == name })?.1 {
        case .number(let number)?: return number
        case .string(let text)?:
            guard text.hasPrefix("0x"), let number = ByteCount(parsing: text) else { break }
            return number.rawValue
        default: break
        }
        throw .contradiction(path, "an entry has no '\(name)', a number or hexadecimal digits behind 0x")
    }

    func address(_ name: String) throws(HostStateError) -> PhysicalAddress { PhysicalAddress(try number(name)) }
    func size(_ name: String) throws(HostStateError) -> ByteCount { ByteCount(try number(name)) }

    /// From `start` and `size`, or from `start` and `end`, which belongs to it.
    func range() throws(HostStateError) -> PhysicalRange {
        let start = try address("start")
        if has("size") {
            let size = try size("size")
            guard let range = PhysicalRange(start: start, size: size), !has("end") else {
                throw .contradiction(path, "\(size.rawValue.hex) bytes at \(start) are no range of memory, or have an end besides")
            }
            return range
        }
        let last = try address("end")
        guard let range = PhysicalRange(start: start, last: last) else {
            throw .contradiction(path, "a range starts at \(start), above its end \(last)")
        }
        return range
    }
}

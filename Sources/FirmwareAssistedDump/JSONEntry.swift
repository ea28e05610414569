import HostState
import JSON
import PhysicalMemory
import SystemPackage

/// One object of a list.
struct JSONEntry {
    private let members: [JSONMember]
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

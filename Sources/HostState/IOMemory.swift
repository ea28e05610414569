import PhysicalMemory
import SystemPackage

/// /proc/iomem: the kernel's tree of physical address ranges, a line a resource, two blanks a
/// level (kernel/resource.c).
public struct IOMemory: Sendable {
    /// One line.
    public struct Resource: Hashable, Sendable {
        /// 0 at the top.
        public let level: Int
        /// Where it lies.
        public let range: PhysicalRange
        /// What stands behind the colon: "System RAM", "Kernel code".
        public let name: String

        /// As /proc/iomem has it, without the blanks in front.
        public var line: String { "\(Self.digits(range.start))-\(Self.digits(range.last)) : \(name)" }

        private static func digits(_ address: PhysicalAddress) -> String {
            let digits = String(address.rawValue, radix: 16)
            return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        }
    }

    /// The file.
    public static let name = "proc/iomem"
    /// In the order of the file: each before those within it.
    public let resources: [Resource]

    /// Reads the file's text. Throws where a line is not of the kernel's form, or all addresses are
    /// hidden.
    /// - Parameter path: where it was read, for messages
    public init(_ bytes: [UInt8], from path: FilePath) throws(HostStateError) {
        var resources: [Resource] = []
        var sawAddress = false
        let lines = bytes.lines
        resources.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            guard let (level, start, last, name) = Self.parse(line), let range = PhysicalRange(start: start, last: last) else {
                throw .garbled(path, line: index + 1, found: line.trimmed.text, allowed: "'START-END : NAME' with START at or below END")
            }
            if last.rawValue != 0 { sawAddress = true }
            resources.append(Resource(level: level, range: range, name: name))
        }
        guard !resources.isEmpty else { throw .garbled(path, line: 1, found: "", allowed: "a list of memory ranges") }
        guard sawAddress else { throw .addressesHidden(path) }
        self.resources = resources
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> (Int, PhysicalAddress, PhysicalAddress, String)? {
        let blanks = line.prefix { $0 == 0x20 }.count
        let rest = line.dropFirst(blanks)
        guard let dash = rest.firstIndex(of: 0x2d), let start = rest[..<dash].number(radix: 16) else { return nil }
        let afterDash = rest[(dash + 1)...]
        guard let blank = afterDash.firstIndex(of: 0x20), let last = afterDash[..<blank].number(radix: 16),
            afterDash[blank...].starts(with: [0x20, 0x3a, 0x20])
        else { return nil }
        return (blanks / 2, PhysicalAddress(start), PhysicalAddress(last), afterDash[(blank + 3)...].text)
    }

    /// The ranges of every resource of that name, at any level.
    public func ranges(named name: String) -> [PhysicalRange] {
        resources.compactMap { $0.name == name ? $0.range : nil }
    }

    /// The regions reserved for a crash kernel, in address order: at most two, of which the lower
    /// is for DMA only.
    public var crashKernel: [PhysicalRange] { ranges(named: "Crash kernel").normalized() }
}

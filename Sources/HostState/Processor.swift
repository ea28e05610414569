/// The first processor by /proc/cpuinfo, on x86 (Documentation/arch/x86/cpuinfo.rst).
struct Processor {
    static let name = "proc/cpuinfo"
    /// One processor's text has some three thousand bytes, and there is one for each.
    private static let headLimit = 16 << 10
    /// Of the flags those that a plan asks for. What the kernel was built or booted not to use is
    /// missing there: `la57` stands for five-level paging that is on.
    private static let flagsOfInterest: Set = ["hypervisor", "la57", "sev_es", "sev_snp", "tdx_guest"]

    /// AMD's, or made to its design.
    let isAMD: Bool
    /// Empty where the file has no such line.
    var flags: Set<String>

    static func read(_ root: SystemRoot) throws(HostStateError) -> Processor {
        let head: [UInt8]
        do { head = try root.head(name, limit: headLimit) } catch {
            guard error.isMissing else { throw .file(error) }
            return Processor(isAMD: false, flags: [])
        }
        let flags = value(of: "flags", in: head).split(separator: 0x20).map(\.text)
        return Processor(
            isAMD: ["AuthenticAMD", "HygonGenuine"].contains(value(of: "vendor_id", in: head).text),
            flags: flagsOfInterest.intersection(flags))
    }

    /// Of the first line "NAME : VALUE" of that name.
    private static func value(of name: String, in text: [UInt8]) -> ArraySlice<UInt8> {
        let label = Array(name.utf8)
        guard let line = text.lines.first(where: { $0.starts(with: label) }), let colon = line.firstIndex(of: 0x3a) else { return [] }
        return line[(colon + 1)...].trimmed
    }

    /// The flags as `read` finds them again.
    var text: String { "flags\t\t: \(flags.sorted().joined(separator: " "))\n" }
}

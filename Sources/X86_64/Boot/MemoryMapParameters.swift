import LoadPlan
import PhysicalMemory

/// A memory map as parameters of the kernel, `memmap=exactmap` and one for each range
/// (Documentation/admin-guide/kernel-parameters.txt, memmap). Sizes and addresses are in KiB: RAM
/// loses what is no whole KiB, everything else gains it.
enum MemoryMapParameters {
    static func commandLine(_ entries: [E820Entry]) -> KernelCommandLine {
        KernelCommandLine((["memmap=exactmap"] + entries.compactMap(parameter)).joined(separator: " "))
    }

    /// Room for one range more, however large its numbers are.
    static let longestParameter = " memmap=\(UInt64.max >> 10)K@\(UInt64.max >> 10)K".utf8.count

    private static func parameter(_ entry: E820Entry) -> String? {
        let (start, end) = (entry.range.start.rawValue, entry.range.end.rawValue)
        let first = entry.kind == .ram ? start / 1024 + (start % 1024 == 0 ? 0 : 1) : start / 1024
        let last = entry.kind == .ram ? end / 1024 : end / 1024 + (end % 1024 == 0 ? 0 : 1)
        return last > first ? "memmap=\(last - first)K\(entry.kind.sign)\(first)K" : nil
    }
}

extension E820Entry.Kind {
    fileprivate var sign: Character {
        switch self {
        case .ram: "@"
        case .acpi, .acpiNonVolatile: "#"
        case .reserved, .unusable, .softReserved: "$"
        case .persistent, .protected: "!"
        }
    }
}

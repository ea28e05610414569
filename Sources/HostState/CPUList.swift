/// CPU numbers as the kernel prints masks: "0-3,8,10-11" (cpulist_parse).
public enum CPUList {
    /// Far above the 8,192 that NR_CPUS allows on any architecture; a list that goes beyond is
    /// no kernel's.
    static let highest: UInt64 = 65_535

    /// Nil when the text is no such list or names a CPU above `highest`.
    static func parse(_ text: ArraySlice<UInt8>) -> [Int]? {
        var cpus: [Int] = []
        for part in text.split(separator: 0x2c, omittingEmptySubsequences: false) {
            let ends = part.split(separator: 0x2d, maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = ends.first?.number(radix: 10), let last = ends.last?.number(radix: 10),
                first <= last, last <= highest, cpus.last.map({ $0 < Int(first) }) ?? true
            else { return nil }
            cpus.append(contentsOf: Int(first)...Int(last))
        }
        return cpus
    }

    /// The same for ascending numbers.
    public static func text(_ cpus: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for cpu in cpus {
            if let last = runs.last, last.upperBound + 1 == cpu {
                runs[runs.count - 1] = last.lowerBound...cpu
            } else {
                runs.append(cpu...cpu)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
}

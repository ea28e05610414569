import LoadPlan
import PhysicalMemory

/// What `crashkernel=` asks for (Documentation/admin-guide/kdump, kernel/crash_reserve.c):
/// `SIZE[@OFFSET]`, `START-[END]:SIZE,…[@OFFSET]` by the machine's RAM, or `SIZE,high`.
public struct CrashKernelParameter: Sendable {
    /// How much that is on this machine.
    public enum Size: Equatable, Sendable {
        /// Zero where no range holds this machine's RAM.
        case bytes(ByteCount)
        /// It goes by the amount of RAM, which is not known.
        case unknown
        /// The kernel would not understand it either.
        case garbled
    }

    /// As it stands on the command line, without the name.
    let text: String

    /// - Parameter text: what stands behind `crashkernel=`
    public init(_ text: String) { self.text = text }

    /// The one that counts: the last without a suffix, or else the last `SIZE,high`. `,low` and
    /// `,cma` only add to either. Nil when there is none.
    init?(on line: KernelCommandLine) {
        let all = line.values(of: "crashkernel")
        let plain = all.last { value in ![",high", ",low", ",cma"].contains { value.hasSuffix($0) } }
        guard let text = plain ?? all.last(where: { $0.hasSuffix(",high") }) else { return nil }
        self.text = text
    }

    /// What it asks for on a machine with that much RAM.
    /// - Parameter ram: all System RAM, nil when it is not known
    public func size(ram: ByteCount?) -> Size {
        let words = text.hasSuffix(",high") ? text.dropLast(5) : text.prefix { $0 != "@" }
        guard words.contains(":") else { return ByteCount(parsing: words).map { .bytes($0) } ?? .garbled }
        // The kernel rounds RAM up, since the firmware keeps some of what is built in.
        let ram = ram.flatMap { $0.alignedUp(to: .mebibytes(128)) }
        var result = Size.bytes(.zero)
        for word in words.split(separator: ",", omittingEmptySubsequences: false) {
            guard let (start, end, size) = Self.range(word) else { return .garbled }
            guard let ram else {
                result = .unknown
                continue
            }
            if result == .bytes(.zero), start <= ram, end.map({ ram < $0 }) ?? true { result = .bytes(size) }
        }
        return result
    }

    private static func range(_ word: Substring) -> (start: ByteCount, end: ByteCount?, size: ByteCount)? {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let size = ByteCount(parsing: parts[1]) else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let start = ByteCount(parsing: ends[0]) else { return nil }
        if ends[1].isEmpty { return (start, nil, size) }
        guard let end = ByteCount(parsing: ends[1]), start < end else { return nil }
        return (start, end, size)
    }
}

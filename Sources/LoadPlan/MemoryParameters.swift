import PhysicalMemory

/// What a command line changes of the memory that the kernel which reads it has: `mem=` and `memmap=`
/// (Documentation/admin-guide/kernel-parameters.txt).
public struct MemoryParameters: Sendable {
    /// How a machine's kernels read them.
    public enum Dialect: Sendable {
        /// `mem=` is the address where RAM ends, and `memmap=` adds and removes ranges (arch/x86/kernel/e820.c, parse_memopt and
        /// parse_memmap_one).
        case addresses
        /// `mem=` is how much RAM there is, from the lowest address on; `memmap=` means nothing (memblock_mem_limit_remove_map).
        case amount
    }

    /// One parameter: the memory that it takes away from the kernel, and what it declares to be RAM.
    struct Effect: Equatable {
        let word: String
        var taken: [PhysicalRange] = []
        var made: [PhysicalRange] = []
    }

    let effects: [Effect]

    /// - Parameter ram: what the kernel has without the parameters
    init(_ line: KernelCommandLine, in dialect: Dialect, ram: [PhysicalRange]) {
        var effects: [Effect] = []
        var exactMap: Effect?
        for parameter in line.parameters.prefix(while: { !$0.elementsEqual("--".utf8) }) {
            let word = String(decoding: parameter, as: UTF8.self)
            if word.hasPrefix("mem="), let size = MemorySize(word.dropFirst(4))?.only, size != 0 {
                let end = dialect == .addresses ? PhysicalAddress(size) : Self.end(of: size, in: ram)
                if let end { effects.append(Effect(word: word, taken: Self.everything(from: end))) }
            } else if word.hasPrefix("memmap="), dialect == .addresses {
                for part in word.dropFirst(7).split(separator: ",") {
                    guard part != "exactmap" else {
                        exactMap = Effect(word: word)
                        continue
                    }
                    guard let effect = Self.effect(of: part, word) else { continue }
                    effects.append(effect)
                    exactMap?.made += effect.made
                }
            }
        }
        if let exactMap {
            // The map is empty but for what the following parameters add.
            effects.append(Effect(word: exactMap.word, taken: Self.everything(from: PhysicalAddress(0)).subtracting(exactMap.made)))
        }
        self.effects = effects
    }

    /// SIZE@START and what else parse_memmap_one takes; nil for anything else.
    private static func effect(of part: Substring, _ word: String) -> Effect? {
        guard let size = MemorySize(part) else { return nil }
        guard let kind = size.rest.first else { return Effect(word: word, taken: everything(from: PhysicalAddress(size.bytes))) }
        guard let start = MemorySize(size.rest.dropFirst()),
            let range = PhysicalRange(start: PhysicalAddress(start.bytes), size: ByteCount(size.bytes))
        else { return nil }
        switch kind {
        case "@": return Effect(word: word, made: [range])
        case "#", "$", "!": return Effect(word: word, taken: [range])
        // SIZE%START-FROM+TO: 1 is the type of RAM.
        case "%": return start.rest.hasSuffix("+1") ? Effect(word: word, made: [range]) : Effect(word: word, taken: [range])
        default: return nil
        }
    }

    /// Where the RAM ends that begins with the lowest and has so many bytes; nil where there is no more.
    private static func end(of amount: UInt64, in ram: [PhysicalRange]) -> PhysicalAddress? {
        var left = amount
        for range in ram.normalized() {
            guard range.size.rawValue < left else { return range.start.advanced(by: ByteCount(left)) }
            left -= range.size.rawValue
        }
        return nil
    }

    private static func everything(from start: PhysicalAddress) -> [PhysicalRange] {
        [PhysicalRange(start: start, last: PhysicalAddress(.max - 1))].compactMap { $0 }
    }
}

extension MemoryParameters {
    /// That memory goes which the image lies in, or comes which is to be dumped.
    /// - Parameters:
    ///   - image: where the image lies, with a name for each range
    ///   - kept: memory that is another kernel's, and must not become RAM of this one
    func warnings(image: [(name: String, memory: PhysicalRange)], kept: [PhysicalRange]) -> [String] {
        effects.flatMap { effect -> [String] in
            var warnings: [String] = []
            let hit = image.filter { part in effect.taken.contains { $0.overlaps(part.memory) } }
            if let first = hit.first {
                let others = hit.count > 1 ? " and \(hit.count - 1) more" : ""
                warnings.append(
                    "\(effect.word) takes memory away from the new kernel that the image lies in (\(first.name) at \(first.memory)\(others))"
                )
            }
            if let memory = effect.made.intersecting(kept).first {
                warnings.append("\(effect.word) gives the new kernel memory that is to be dumped (\(memory)): what it writes there is lost")
            }
            return warnings
        }
    }
}

/// A number as memparse() of lib/cmdline.c reads it, and what stands behind it.
private struct MemorySize {
    let bytes: UInt64
    let rest: Substring

    /// The bytes, where nothing stands behind them.
    var only: UInt64? { rest.isEmpty ? bytes : nil }

    /// Nil without a digit, and beyond 64 bits.
    init?(_ text: Substring) {
        var digits = text
        var radix = 10
        if text.hasPrefix("0x") || text.hasPrefix("0X") {
            digits = text.dropFirst(2)
            radix = 16
        } else if text.hasPrefix("0") {
            radix = 8
        }
        let number = digits.prefix { $0.isASCII && $0.hexDigitValue.map { $0 < radix } ?? false }
        guard let value = UInt64(number, radix: radix) else { return nil }
        var rest = digits.dropFirst(number.count)
        var shift = 0
        if let suffix = rest.first, let index = Array("KMGTPE").firstIndex(where: { "\($0)" == suffix.uppercased() }) {
            shift = 10 * (index + 1)
            rest = rest.dropFirst()
        }
        guard value <= UInt64.max >> shift else { return nil }
        bytes = value << shift
        self.rest = rest
    }
}

import HostState
import LoadPlan
import PhysicalMemory

/// What the user should know of the memory map that a next kernel is handed, where it is not that of the running one.
public struct MapChoice {
    private let handedOver: [PhysicalRange]
    private let source: String
    private let parameters: [String]

    /// What firmware keeps below that is nobody's concern: page 0, the BIOS' data, ROMs.
    private static let lowMemory = PhysicalRange(start: PhysicalAddress(0), end: PhysicalAddress(1 << 20))
    /// What a kernel takes out of RAM by itself, tables that EFI left in it for one, is less, and no news.
    private static let usual = ByteCount.mebibytes(1)
    /// Parameters that a warning names.
    private static let mostWords = 4

    /// - Parameters:
    ///   - handedOver: RAM as the map has it
    ///   - source: whose map it is
    ///   - parameters: names of those by which a kernel of the machine comes to a map of its own
    public init(handedOver: [PhysicalRange], of source: String, parameters: [String]) {
        self.handedOver = handedOver
        self.source = source
        self.parameters = parameters
    }

    /// One for RAM that only the map has, one for RAM that only the running kernel has; none where the two are the same.
    public func warnings(on host: HostState) -> [String] {
        let words = KernelCommandLine(host.commandLine ?? []).words(of: parameters)
        let least = words.isEmpty ? Self.usual : .page
        let low = [Self.lowMemory].compactMap { $0 }
        let unused = FreeMemory(handedOver.subtracting(host.dumpedRAM + low)).total
        let unknown = FreeMemory(host.nextKernelRAM.subtracting(handedOver + low)).total
        let cause = words.isEmpty ? "" : " (\(Self.list(words)))"
        var warnings: [String] = []
        if unused >= least {
            let advice =
                words.isEmpty
                ? "this kernel has left it out by itself" : "give the new kernel the parameter, too, if that is to hold there"
            warnings.append(
                "the new kernel gets the memory map of \(source), with \(unused) of RAM that this kernel does not use\(cause): no segment lies there; \(advice)"
            )
        }
        if unknown >= least {
            warnings.append(
                "the new kernel gets the memory map of \(source), which lacks \(unknown) of this kernel's RAM\(cause): no segment lies there, and the new kernel is not told of it"
            )
        }
        return warnings
    }

    /// Where the running kernel's own map is handed on.
    /// - Parameter words: the parameters that have made it
    public static func running(changedBy words: [String], file: String) -> [String] {
        guard !words.isEmpty else { return [] }
        return ["the new kernel gets the memory map of this one (\(file)), which is not firmware's (\(list(words)))"]
    }

    private static func list(_ words: [String]) -> String {
        words.prefix(mostWords).joined(separator: " ") + (words.count > mostWords ? " and \(words.count - mostWords) more" : "")
    }
}

extension KernelCommandLine {
    /// The parameters of these names that stand before a lone `--`, with their values.
    public func words(of names: [String]) -> [String] {
        parameters.prefix { !$0.elementsEqual("--".utf8) }.filter { parameter in
            let name = parameter.prefix { $0 != UInt8(ascii: "=") }
            return names.contains { name.elementsEqual($0.utf8) }
        }.map { String(decoding: $0, as: UTF8.self) }
    }
}

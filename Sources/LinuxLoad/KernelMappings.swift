import BinaryLayout
import ELF
import HostState

/// KASLR gives the kernel's text and the direct map of RAM other virtual addresses at each boot, and
/// elfcorehdr holds them: /proc/kcore must have the same two mappings.
public enum KernelMappings {
    /// - Parameters:
    ///   - text: the mapping of the kernel itself
    ///   - directMap: a mapping of RAM
    public static func preconditions(text: ProgramHeader?, directMap: ProgramHeader?, of core: KernelCore) -> [Precondition] {
        [("place of the kernel", text), ("direct map of RAM", directMap)].compactMap {
            subject, mapping in
            guard let mapping, core.loads.prefix(headersInReach).contains(mapping) else { return nil }
            return Precondition(.contains, subject: subject, path: KernelCore.name, expected: addresses(of: mapping))
        }
    }

    /// How many program headers the rule `contains` surely sees; text and the first RAM stand at the front.
    private static let headersInReach = Precondition.containsLimit / ProgramHeader.size - 8

    /// p_vaddr and p_paddr, which stand side by side in a program header.
    private static func addresses(of mapping: ProgramHeader) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(mapping.virtualAddress)
        bytes.append(mapping.physicalAddress.rawValue)
        return bytes
    }
}

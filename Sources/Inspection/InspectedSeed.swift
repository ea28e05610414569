import BinaryLayout
import DeviceTree
import PhysicalMemory

/// The random seed that the loaded image hands to its kernel: by it a plan can be made once more.
enum InspectedSeed {
    static let size = 32

    // struct setup_data (Documentation/arch/x86/boot.rst): next, type, len, and the data behind it.
    private static let firstField = IntegerField<UInt64>("setup_data", at: 0x250)
    private static let next = IntegerField<UInt64>("next", at: 0)
    private static let type = IntegerField<UInt32>("type", at: 8)
    private static let length = IntegerField<UInt32>("len", at: 12)
    private static let headerSize = 16
    private static let seedType: UInt32 = 9  // SETUP_RNG_SEED
    /// More members than any loader makes: the list may lead round in a circle.
    private static let limit = 16

    /// Of the list that boot_params point to; nil where it has none, or leads out of the regions.
    static func read(
        bootParameters: PhysicalRange, within regions: [PhysicalRange], in memory: some CrashMemory
    ) throws(CrashMemoryError) -> [UInt8]? {
        guard let page = PhysicalRange(start: bootParameters.start, size: .page), bootParameters.contains(page) else { return nil }
        let parameters = try memory.bytes(page)
        guard var address = try? parameters.span.read(firstField) else { return nil }
        for _ in 0..<limit where address != 0 {
            guard let node = PhysicalRange(start: PhysicalAddress(address), size: ByteCount(headerSize + size)),
                regions.contains(where: { $0.contains(node) })
            else { return nil }
            let bytes = try memory.bytes(node)
            guard let type = try? bytes.span.read(type), let length = try? bytes.span.read(length),
                let next = try? bytes.span.read(next)
            else { return nil }
            if type == seedType { return length == UInt32(size) ? Array(bytes[headerSize...]) : nil }
            address = next
        }
        return nil
    }

    /// Of a tree's /chosen: rng-seed, behind what kaslr-seed takes of it on machines that have that.
    static func read(_ tree: DeviceTree) -> [UInt8]? {
        guard let chosen = tree.node("/chosen"), let rest = chosen["rng-seed"] else { return nil }
        let seed = (chosen["kaslr-seed"] ?? []) + rest
        return seed.count == size ? seed : nil
    }
}

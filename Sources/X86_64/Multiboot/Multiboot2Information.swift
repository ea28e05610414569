import BinaryLayout
import HostState
import KernelImage
import PhysicalMemory

/// The information structure of Multiboot2 (Multiboot2 Specification 2.0, section 3.6): a total
/// size, and tags. Nothing in it depends on where it lies.
struct Multiboot2Information {
    private static let alignment = 8
    private static let totalSize = IntegerField<UInt32>("total_size", at: 0)
    private static let tagHeaderSize = 8
    private static let mapEntrySize: UInt32 = 24
    private static let mapEntryVersion: UInt32 = 0

    private let content: BootInformation
    private var bytes: [UInt8] = []

    private init(_ content: BootInformation) { self.content = content }

    static func bytes(_ content: BootInformation) throws(MultibootAddressError) -> [UInt8] {
        var information = Multiboot2Information(content)
        try information.appendAll()
        return information.bytes
    }

    private mutating func appendAll() throws(MultibootAddressError) {
        bytes = [UInt8](repeating: 0, count: 8)  // total_size, written last, and reserved
        append(.commandLine, content.commandLine.bytes + [0])
        append(.bootLoaderName, BootInformation.bootLoaderName + [0])
        for module in content.modules {
            append(
                .module,
                words([
                    try MultibootAddressError.checked(module.memory.start),
                    try MultibootAddressError.checked(module.memory.start, plus: module.size),
                ]) + module.text + [0])
        }
        append(.basicMemory, words([content.lowerKibibytes, content.upperKibibytes]))
        append(.memoryMap, memoryMap())
        if let root = content.acpiRoot { append(root.isExtended ? .acpiNew : .acpiOld, root.bytes) }
        if let base = content.loadBase { append(.loadBase, words([try MultibootAddressError.checked(base)])) }
        append(.end, [])
        do throws(TruncatedBytes) {
            try bytes.write(UInt32(clamping: bytes.count), to: Self.totalSize)
        } catch {
            throw MultibootAddressError(what: "\(error)")
        }
    }

    /// A tag's size leaves the padding behind it out.
    private mutating func append(_ type: Multiboot2InformationType, _ contents: [UInt8]) {
        bytes.append(type.rawValue)
        bytes.append(UInt32(clamping: Self.tagHeaderSize + contents.count))
        bytes += contents
        while bytes.count % Self.alignment != 0 { bytes.append(0) }
    }

    private func memoryMap() -> [UInt8] {
        var map = words([Self.mapEntrySize, Self.mapEntryVersion])
        for entry in content.memoryMap {
            map.append(entry.range.start.rawValue)
            map.append(entry.range.size.rawValue)
            map += words([entry.kind.multibootType, 0])
        }
        return map
    }

    private func words(_ values: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values { bytes.append(value) }
        return bytes
    }
}

import BinaryLayout

/// The header of a Multiboot2 image (Multiboot2 Specification 2.0, section 3.1): a fixed part and
/// tags, each of which the image demands or, where it is flagged as optional, only requests.
struct Multiboot2Header: Hashable {
    static let magic: UInt32 = 0xe852_50d6
    /// The header lies wholly within this much of the file, at a multiple of eight.
    static let searched = 32768
    /// "32-bit (protected) mode of i386".
    private static let i386: UInt32 = 0
    private static let fixedSize = 16
    private static let alignment = 8

    private enum Field {
        static let magic = IntegerField<UInt32>("magic", at: 0)
        static let architecture = IntegerField<UInt32>("architecture", at: 4)
        static let headerLength = IntegerField<UInt32>("header_length", at: 8)
        static let checksum = IntegerField<UInt32>("checksum", at: 12)
    }

    /// Where it stands in the file.
    let offset: Int
    /// Nil when the image is to be loaded as ELF.
    private(set) var addresses: MultibootAddresses?
    /// The physical entry point; nil where the ELF header has it.
    private(set) var entry: UInt32?
    /// Nil for an image that runs only where it is linked.
    private(set) var relocation: MultibootRelocation?
    /// What the image requests, as optional, and does not get.
    private(set) var unmetRequests: [String] = []

    /// Where the header stands: the first place with the magic and a matching checksum.
    static func find(in bytes: borrowing Span<UInt8>) -> Int? {
        let end = min(bytes.count, searched)
        var offset = 0
        while end - offset >= fixedSize {
            if let found = try? bytes.read(Field.magic, in: offset), found == magic,
                let architecture = try? bytes.read(Field.architecture, in: offset),
                let length = try? bytes.read(Field.headerLength, in: offset),
                let checksum = try? bytes.read(Field.checksum, in: offset),
                found &+ architecture &+ length &+ checksum == 0
            {
                return offset
            }
            offset += alignment
        }
        return nil
    }

    init(_ bytes: borrowing Span<UInt8>) throws(MultibootError) {
        guard let offset = Self.find(in: bytes) else { throw .noHeader(version: 2, searched: Self.searched) }
        self.offset = offset
        let architecture = try bytes.read(multiboot: Field.architecture, in: offset)
        guard architecture == Self.i386 else {
            throw .field(
                "architecture", UInt64(architecture), at: offset + Field.architecture.offset, allowed: "is not that of i386 (0)")
        }
        let length = Int(try bytes.read(multiboot: Field.headerLength, in: offset))
        let end = offset + length
        guard length >= Self.fixedSize, end <= min(bytes.count, Self.searched) else {
            throw .field(
                "header_length", UInt64(length), at: offset + Field.headerLength.offset,
                allowed: "puts the header's end outside the file's first \(min(bytes.count, Self.searched)) bytes")
        }
        try readTags(bytes, from: offset + Self.fixedSize, to: end)
    }

    // MARK: - Tags

    private mutating func readTags(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) throws(MultibootError) {
        var offset = start
        while true {
            let tag = try Multiboot2HeaderTag(bytes, at: offset, headerEnd: end)
            if tag.kind == .end { return }
            try read(tag, bytes)
            // Padded, so that the next one is aligned; the header's end is far below Int.max.
            offset += (tag.size + Self.alignment - 1) & ~(Self.alignment - 1)
        }
    }

    private mutating func read(_ tag: Multiboot2HeaderTag, _ bytes: borrowing Span<UInt8>) throws(MultibootError) {
        switch tag.kind {
        case .end, .moduleAlignment: break  // modules are aligned to pages in any case
        case .informationRequest:
            for index in 0..<tag.words {
                let type = try tag.word(index, bytes)
                guard !Multiboot2InformationType.given.contains(type) else { continue }
                try refuse(tag, "information of type \(type) (\(Multiboot2InformationType.name(of: type)))")
            }
        case .address:
            addresses = MultibootAddresses(
                headerAddress: try tag.word(0, bytes), loadAddress: try tag.word(1, bytes),
                loadEndAddress: try tag.word(2, bytes), bssEndAddress: try tag.word(3, bytes), place: tag.offset)
        case .entryAddress: entry = try tag.word(0, bytes)
        case .consoleFlags:
            // Bit 0: at least one console must be there, and be described.
            if try tag.word(0, bytes) & 1 != 0 { try refuse(tag, "a console that is described to it") }
        case .framebuffer: try refuse(tag, "a framebuffer")
        case .bootServices: try refuse(tag, "EFI boot services: they ended when this system was booted")
        case .entryI386, .entryAMD64: break  // "taken into account only" with boot services
        case .relocatable:
            relocation = try MultibootRelocation(
                minimum: try tag.word(0, bytes), maximum: try tag.word(1, bytes), alignment: try tag.word(2, bytes),
                preference: try tag.word(3, bytes), place: tag.offset)
        case nil: try refuse(tag, "something that the specification does not know (header tag \(tag.type))")
        }
    }

    /// An error where the image demands it, a note where it does not.
    private mutating func refuse(_ tag: Multiboot2HeaderTag, _ what: String) throws(MultibootError) {
        guard tag.isOptional else { throw .unsupported("it demands \(what)", at: tag.offset) }
        unmetRequests.append(what)
    }
}

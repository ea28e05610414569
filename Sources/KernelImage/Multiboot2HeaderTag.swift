import BinaryLayout

/// A tag of the Multiboot2 header: type, flags and size, and then words of 32 bits.
struct Multiboot2HeaderTag: Hashable {
    /// Multiboot2 Specification 2.0, sections 3.1.4 to 3.1.13.
    enum Kind: UInt16 {
        case end = 0
        case informationRequest = 1
        case address = 2
        case entryAddress = 3
        case consoleFlags = 4
        case framebuffer = 5
        case moduleAlignment = 6
        case bootServices = 7
        case entryI386 = 8
        case entryAMD64 = 9
        case relocatable = 10
    }

    private static let headerSize = 8
    private static let wordSize = 4
    /// flags: a loader that does not understand the tag may ignore it.
    private static let optional: UInt16 = 1

    private enum Field {
        static let type = IntegerField<UInt16>("type", at: 0)
        static let flags = IntegerField<UInt16>("flags", at: 2)
        static let size = IntegerField<UInt32>("size", at: 4)
        static let word = IntegerField<UInt32>("a field of a tag", at: 0)
    }

    /// Where it stands in the file.
    let offset: Int
    let type: UInt16
    let isOptional: Bool
    /// With the header, without the padding behind it; the whole tag lies within the header.
    let size: Int

    var kind: Kind? { Kind(rawValue: type) }
    /// How many words follow the tag's header.
    var words: Int { (size - Self.headerSize) / Self.wordSize }

    init(_ bytes: borrowing Span<UInt8>, at offset: Int, headerEnd: Int) throws(MultibootError) {
        guard offset <= headerEnd, headerEnd - offset >= Self.headerSize else {
            throw .layout("the tags of its header have no end tag within header_length")
        }
        type = try bytes.read(multiboot: Field.type, in: offset)
        isOptional = try bytes.read(multiboot: Field.flags, in: offset) & Self.optional != 0
        let size = try bytes.read(multiboot: Field.size, in: offset)
        guard size >= Self.headerSize, Int(size) <= headerEnd - offset else {
            throw .field(
                "size", UInt64(size), at: offset + Field.size.offset,
                allowed: "of the tag of type \(type) is less than \(Self.headerSize), or reaches past the header's end")
        }
        self.offset = offset
        self.size = Int(size)
    }

    /// The word of that index behind the tag's header.
    func word(_ index: Int, _ bytes: borrowing Span<UInt8>) throws(MultibootError) -> UInt32 {
        guard index < words else {
            throw .field(
                "size", UInt64(size), at: offset + Field.size.offset, allowed: "is too small for a tag of type \(type)")
        }
        return try bytes.read(multiboot: Field.word, in: offset + Self.headerSize + index * Self.wordSize)
    }
}

import BinaryLayout

/// The header of a Multiboot image (Multiboot Specification 0.6.96, section 3.1).
struct MultibootHeader: Hashable {
    static let magic: UInt32 = 0x1bad_b002
    /// The header lies wholly within this much of the file, at a multiple of four.
    static let searched = 8192

    /// flags: what the image demands (the lower half) and what it merely uses (the upper one).
    struct Flags: OptionSet, Hashable {
        let rawValue: UInt32
        /// Modules begin at page boundaries.
        static let alignModules = Flags(rawValue: 1 << 0)
        /// mem_lower and mem_upper are there.
        static let memoryInformation = Flags(rawValue: 1 << 1)
        /// The fields of a requested video mode are valid.
        static let videoMode = Flags(rawValue: 1 << 2)
        /// The address fields are valid and count, even where the file is ELF.
        static let addresses = Flags(rawValue: 1 << 16)

        static let demands = Flags(rawValue: 0xffff)
        static let known: Flags = [.alignModules, .memoryInformation, .videoMode]
    }

    private enum Field {
        static let magic = IntegerField<UInt32>("magic", at: 0)
        static let flags = IntegerField<UInt32>("flags", at: 4)
        static let checksum = IntegerField<UInt32>("checksum", at: 8)
        static let headerAddr = IntegerField<UInt32>("header_addr", at: 12)
        static let loadAddr = IntegerField<UInt32>("load_addr", at: 16)
        static let loadEndAddr = IntegerField<UInt32>("load_end_addr", at: 20)
        static let bssEndAddr = IntegerField<UInt32>("bss_end_addr", at: 24)
        static let entryAddr = IntegerField<UInt32>("entry_addr", at: 28)
    }

    /// Where it stands in the file.
    let offset: Int
    let flags: Flags
    /// Nil when the image is to be loaded as ELF.
    let addresses: MultibootAddresses?
    /// The physical entry point; nil where the ELF header has it.
    let entry: UInt32?

    /// Where the header stands: the first place with the magic and a matching checksum.
    static func find(in bytes: borrowing Span<UInt8>) -> Int? {
        let end = min(bytes.count, searched)
        var offset = 0
        while end - offset >= Field.checksum.offset + Field.checksum.width {
            if let found = try? bytes.read(Field.magic, in: offset), found == magic,
                let flags = try? bytes.read(Field.flags, in: offset),
                let checksum = try? bytes.read(Field.checksum, in: offset), found &+ flags &+ checksum == 0
            {
                return offset
            }
            offset += 4
        }
        return nil
    }

    init(_ bytes: borrowing Span<UInt8>) throws(MultibootError) {
        guard let offset = Self.find(in: bytes) else { throw .noHeader(version: 1, searched: Self.searched) }
        self.offset = offset
        flags = Flags(rawValue: try bytes.read(multiboot: Field.flags, in: offset))
        guard flags.contains(.addresses) else {
            (addresses, entry) = (nil, nil)
            return
        }
        addresses = MultibootAddresses(
            headerAddress: try bytes.read(multiboot: Field.headerAddr, in: offset),
            loadAddress: try bytes.read(multiboot: Field.loadAddr, in: offset),
            loadEndAddress: try bytes.read(multiboot: Field.loadEndAddr, in: offset),
            bssEndAddress: try bytes.read(multiboot: Field.bssEndAddr, in: offset), place: offset + Field.headerAddr.offset)
        entry = try bytes.read(multiboot: Field.entryAddr, in: offset)
    }

    /// "If the boot loader sees any of these bits set but doesn't understand the flag or can't
    /// fulfill the requirements it indicates for some reason, it must notify the user and fail."
    func checkDemands() throws(MultibootError) {
        let unknown = flags.intersection(.demands).subtracting(.known)
        guard unknown.isEmpty else {
            throw .field(
                "flags", UInt64(flags.rawValue), at: offset + Field.flags.offset,
                allowed: "demand something that the specification does not know: bits 0x\(String(unknown.rawValue, radix: 16))")
        }
    }
}

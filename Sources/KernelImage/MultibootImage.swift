import BinaryLayout
import ByteStorage
import ELF
import PhysicalMemory

/// An image of the Multiboot or the Multiboot2 specification: what it is made of and what it asks
/// of a loader. It is entered in 32-bit protected mode without paging.
public struct MultibootImage: Sendable {
    /// Which of the two specifications.
    public enum Version: Int, Sendable {
        /// Multiboot Specification 0.6.96.
        case one = 1
        /// Multiboot2 Specification 2.0.
        case two = 2

        /// What EAX holds at the entry.
        public var bootMagic: UInt32 { self == .one ? 0x2bad_b002 : 0x36d7_6289 }
    }

    /// The specification that it follows.
    public let version: Version
    /// In address order, disjoint, at least one.
    public let pieces: [MultibootPiece]
    /// From the first byte of the first piece to the last byte of the last.
    public let memory: PhysicalRange
    /// Within a piece.
    public let entry: PhysicalAddress
    /// Nil for an image that runs only where it is linked.
    public let relocation: MultibootRelocation?
    /// What the image requests, as optional, and does not get: for a warning.
    public let unmetRequests: [String]
    /// What the pieces' bytes are parts of.
    public let file: Bytes

    /// The version by which a file is to be loaded; nil for one that is no multiboot image, or is
    /// another type before it is one: a 64-bit ELF file comes before Multiboot, and after Multiboot2.
    /// - Parameter type: what `-t` says it is; nil to go by the file
    public static func version(of file: Bytes, type: ImageType? = nil) -> Version? {
        switch type {
        case .multiboot: .one
        case .multiboot2: .two
        case nil:
            file.withSpan { bytes in
                if Multiboot2Header.find(in: bytes) != nil { return .two }
                let is64Bit = bytes.matches(ELFHeader.magic) && bytes.matches([ELFClass.elf64.rawValue], at: 4)
                return !is64Bit && MultibootHeader.find(in: bytes) != nil ? .one : nil
            }
        default: nil
        }
    }

    /// Reads an image. Throws where it demands what this loader does not offer, or its parts cannot be
    /// where it wants them.
    public init(_ file: Bytes, version: Version) throws(MultibootError) {
        self.version = version
        self.file = file
        let parts: ([MultibootPiece], UInt64)
        switch version {
        case .one:
            let header = try file.withSpan { (bytes) throws(MultibootError) in try MultibootHeader(bytes) }
            try header.checkDemands()
            relocation = nil
            unmetRequests = header.flags.contains(.videoMode) ? ["a video mode"] : []
            parts = try Self.parts(file, header.addresses, entry: header.entry, headerOffset: header.offset)
        case .two:
            let header = try file.withSpan { (bytes) throws(MultibootError) in try Multiboot2Header(bytes) }
            relocation = header.relocation
            unmetRequests = header.unmetRequests
            parts = try Self.parts(file, header.addresses, entry: header.entry, headerOffset: header.offset)
        }
        pieces = parts.0.sorted { $0.memory.start < $1.memory.start }
        entry = PhysicalAddress(parts.1)
        for (piece, next) in zip(pieces, pieces.dropFirst()) where piece.memory.overlaps(next.memory) {
            throw .layout("its parts for \(piece.memory) and \(next.memory) overlap")
        }
        guard let first = pieces.first, let last = pieces.last,
            let memory = PhysicalRange(start: first.memory.start, end: last.memory.end)
        else { throw .layout("it has nothing to load") }
        self.memory = memory
        guard pieces.contains(where: { $0.memory.contains(entry) }) else {
            throw .layout("its entry \(entry) lies outside of what is loaded")
        }
    }

    /// The pieces, in the order of the file, and the entry.
    private static func parts(
        _ file: Bytes, _ addresses: MultibootAddresses?, entry: UInt32?, headerOffset: Int
    ) throws(MultibootError) -> ([MultibootPiece], UInt64) {
        guard let addresses else {
            return try file.withSpan { (bytes) throws(MultibootError) in try parts(elf: bytes, entry: entry) }
        }
        guard let entry else { throw .layout("its header has addresses and no entry") }
        return ([try addresses.piece(headerOffset: headerOffset, fileSize: file.count)], UInt64(entry))
    }

    private static func parts(
        elf bytes: borrowing Span<UInt8>, entry: UInt32?
    ) throws(MultibootError) -> ([MultibootPiece], UInt64) {
        let header: ELFHeader
        let loads: [ProgramHeader]
        do throws(ELFError) {
            header = try ELFHeader(bytes, allowing32Bit: true)
            guard header.byteOrder == .littleEndian else { throw .unsupportedByteOrder(2) }
            guard [ELFMachine.i386, ELFMachine.x86_64].contains(header.machine) else {
                throw .field("e_machine", UInt64(header.machine), allowed: "must be EM_386 (3) or EM_X86_64 (62) (at byte 0x12)")
            }
            loads = try ProgramHeader.table(of: header, in: bytes).filter {
                $0.type == SegmentType.load && $0.memorySize > .zero
            }
        } catch {
            throw .elf(error)
        }
        var pieces: [MultibootPiece] = []
        for load in loads {
            pieces.append(
                try MultibootPiece(
                    address: load.physicalAddress.rawValue, offset: load.offset.rawValue, fileSize: load.fileSize.rawValue,
                    memorySize: load.memorySize.rawValue, of: bytes.count))
        }
        return (pieces, entry.map(UInt64.init) ?? physicalEntry(header.entry, loads))
    }

    /// e_entry is a virtual address, where a segment has it among its virtual ones; kernels that
    /// are linked high and name a physical one are taken at their word.
    private static func physicalEntry(_ entry: UInt64, _ loads: [ProgramHeader]) -> UInt64 {
        guard let load = loads.first(where: { entry >= $0.virtualAddress && entry - $0.virtualAddress < $0.memorySize.rawValue })
        else { return entry }
        return load.physicalAddress.rawValue &+ (entry - load.virtualAddress)
    }
}

import LoadPlan
import TestSupport

/// Physical memory as kexec leaves it: the loaded segments, zero behind their contents.
struct LoadedMemory {
    struct Outside: Error { let address: UInt64 }

    let segments: [(start: UInt64, size: UInt64, contents: [UInt8])]

    init(_ segments: [(start: UInt64, size: UInt64, contents: [UInt8])]) { self.segments = segments }

    init(_ plan: LoadPlan) {
        segments = plan.segments.map { segment in
            let contents = segment.contents.withSpan { span in (0..<span.count).map { span[$0] } }
            return (segment.memory.start.rawValue, segment.memory.size.rawValue, contents)
        }
    }

    func byte(_ address: UInt64) throws -> UInt8 {
        for segment in segments where address >= segment.start && address - segment.start < segment.size {
            let offset = Int(address - segment.start)
            return offset < segment.contents.count ? segment.contents[offset] : 0
        }
        throw Outside(address: address)
    }

    func integer(_ address: UInt64, _ width: Int) throws -> UInt64 {
        try (0..<width).reduce(0) { $0 | UInt64(try byte(address + UInt64($1))) << UInt64(8 * $1) }
    }

    func word(_ address: UInt64) throws -> UInt64 { try integer(address, 4) }

    func bytes(_ start: UInt64, _ end: UInt64) throws -> [UInt8] { try (start..<end).map { try byte($0) } }

    func string(_ address: UInt64) throws -> String {
        var bytes: [UInt8] = []
        while case let next = try byte(address + UInt64(bytes.count)), next != 0 { bytes.append(next) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What a kernel reads out of its information structure, by the offsets of the specifications.
struct MultibootTold {
    struct MapEntry: Hashable {
        let start: UInt64
        let size: UInt64
        let type: UInt64
    }
    struct Module {
        let start: UInt64
        let end: UInt64
        let text: String
    }

    var commandLine: String?
    var loader: String?
    var lower: UInt64?
    var upper: UInt64?
    var map: [MapEntry] = []
    var modules: [Module] = []
    var base: UInt64?
    /// The type of its tag, and its bytes.
    var acpiRoot: (type: UInt64, bytes: [UInt8])?

    /// Multiboot Specification 0.6.96, 3.3.
    init(multiboot info: UInt64, in memory: LoadedMemory) throws {
        let flags = try memory.word(info)
        if flags & 0x1 != 0 { (lower, upper) = (try memory.word(info + 4), try memory.word(info + 8)) }
        if flags & 0x4 != 0 { commandLine = try memory.string(try memory.word(info + 16)) }
        if flags & 0x8 != 0 {
            let table = try memory.word(info + 24)
            for index in 0..<(try memory.word(info + 20)) {
                let entry = table + 16 * index
                modules.append(
                    Module(
                        start: try memory.word(entry), end: try memory.word(entry + 4),
                        text: try memory.string(try memory.word(entry + 8))))
            }
        }
        if flags & 0x40 != 0 {
            var entry = try memory.word(info + 48)
            let end = entry + (try memory.word(info + 44))
            while entry < end {
                try addMapEntry(entry + 4, memory)
                entry += try memory.word(entry) + 4
            }
        }
        if flags & 0x200 != 0 { loader = try memory.string(try memory.word(info + 64)) }
    }

    /// Multiboot2 Specification 2.0, 3.6.
    init(multiboot2 info: UInt64, in memory: LoadedMemory) throws {
        let end = info + (try memory.word(info))
        var tag = info + 8
        while true {
            let (type, size) = (try memory.word(tag), try memory.word(tag + 4))
            switch type {
            case 0:
                guard size == 8, tag + 8 == end else { throw LoadedMemory.Outside(address: tag) }
                return
            case 1: commandLine = try memory.string(tag + 8)
            case 2: loader = try memory.string(tag + 8)
            case 3:
                modules.append(
                    Module(
                        start: try memory.word(tag + 8), end: try memory.word(tag + 12), text: try memory.string(tag + 16)))
            case 4: (lower, upper) = (try memory.word(tag + 8), try memory.word(tag + 12))
            case 6:
                let entrySize = try memory.word(tag + 8)
                for entry in stride(from: tag + 16, to: tag + size, by: Int(entrySize)) { try addMapEntry(entry, memory) }
            case 14, 15: acpiRoot = (type, try memory.bytes(tag + 8, tag + size))
            case 21: base = try memory.word(tag + 8)
            default: throw LoadedMemory.Outside(address: tag)
            }
            tag += (size + 7) / 8 * 8
        }
    }

    private mutating func addMapEntry(_ address: UInt64, _ memory: LoadedMemory) throws {
        map.append(
            MapEntry(
                start: try memory.integer(address, 8), size: try memory.integer(address + 8, 8), type: try memory.word(address + 16)))
    }
}

import TestSupport

/// A line of `readelf -lW`.
struct ReadelfSegments {
    let type: String
    let offset: UInt64
    let virtualAddress: UInt64
    let physicalAddress: UInt64
    let fileSize: UInt64
    let memorySize: UInt64
    /// "R E", "RW ", …
    let flags: String
    let alignment: UInt64

    static func list(_ path: String) throws -> [ReadelfSegments] {
        try Tool.readelf.text(["-lW", path]).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            let numbers = words.dropFirst().prefix(5).compactMap { $0.hasPrefix("0x") ? UInt64($0.dropFirst(2), radix: 16) : nil }
            guard let type = words.first, numbers.count == 5, words.count >= 7, let last = words.last else { return nil }
            let alignment = last.hasPrefix("0x") ? UInt64(last.dropFirst(2), radix: 16) : UInt64(last)
            return ReadelfSegments(
                type: String(type), offset: numbers[0], virtualAddress: numbers[1], physicalAddress: numbers[2],
                fileSize: numbers[3], memorySize: numbers[4], flags: words[6..<words.count - 1].joined(), alignment: alignment ?? .max)
        }
    }
}

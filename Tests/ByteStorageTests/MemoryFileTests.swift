import ByteStorage
import SystemPackage
import TestSupport
import Testing

@Suite struct MemoryFileTests {
    private func append(_ bytes: [UInt8], to file: MemoryFile) throws {
        try unsafe bytes.withUnsafeBytes { try unsafe file.append($0) }
    }

    @Test func piecesBecomeOne() throws {
        var generator = SeededGenerator(seed: 1)
        let file = try MemoryFile(name: "test")
        var expected: [UInt8] = []
        for _ in 0..<20 {
            let piece = generator.bytes(Int.random(in: 0...9000, using: &generator))
            try append(piece, to: file)
            expected += piece
            #expect(file.count == expected.count)
        }
        #expect(firstDifference(array(try file.sealed()), expected) == nil)
    }

    @Test func whatIsSealedDoesNotChange() throws {
        let file = try MemoryFile(name: "test")
        try append([1, 2, 3], to: file)
        let bytes = try file.sealed()
        #expect(throws: FileError.self) { try append([4], to: file) }
        #expect(throws: Errno.self) { try file.descriptor.resize(to: 1) }
        #expect(array(bytes) == [1, 2, 3])
    }

    @Test func theBytesOutliveTheFile() throws {
        func make() throws -> Bytes {
            let file = try MemoryFile(name: "test")
            try append([UInt8](repeating: 9, count: 10_000), to: file)
            return try file.sealed()
        }
        #expect(firstDifference(array(try make()), [UInt8](repeating: 9, count: 10_000)) == nil)
    }

    @Test func nothingWritten() throws {
        #expect(try MemoryFile(name: "test").sealed().count == 0)
    }
}

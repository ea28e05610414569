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

    // MARK: - Reading a file once

    private func reading(_ path: FilePath, limit: Int = 1 << 20) throws -> [UInt8] {
        array(try MemoryFile.reading(path, magic: [1, 2, 3], limit: limit))
    }

    @Test func aFileIsCopied() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 2)
        let contents = [1, 2, 3] + generator.bytes(200_000)
        let path = try folder.write(contents, to: "file")
        let bytes = try MemoryFile.reading(path, magic: [1, 2, 3], limit: 200_003)
        try folder.write("another", to: "file")
        #expect(firstDifference(array(bytes), contents) == nil)
        try folder.write(contents, to: "file")
        #expect(throws: FileError.tooLarge(path, limit: 200_002)) { try reading(path, limit: 200_002) }
    }

    /// Of other files only the start is read, so that their size does not matter.
    @Test func otherFiles() throws {
        let folder = try TemporaryFolder()
        #expect(try reading(folder.write([1, 2, 4, 5, 6], to: "other")) == [1, 2, 4])
        #expect(try reading(folder.write([1, 2], to: "short")) == [1, 2])
        #expect(try reading(folder.write([], to: "empty")) == [])
        _ = try Tool("truncate").output(["-s", "1T", folder.file("sparse").string])
        #expect(try reading(folder.file("sparse")) == [0, 0, 0])
    }

    @Test(.timeLimit(.minutes(1))) func onlyRegularFiles() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.file("pipe")
        _ = try Tool("mkfifo").output([pipe.string])
        #expect(throws: FileError.notRegular(pipe)) { try reading(pipe) }
        #expect(throws: FileError.notRegular("/dev/zero")) { try reading("/dev/zero") }
        #expect(throws: FileError.isDirectory(folder.path)) { try reading(folder.path) }
        #expect(throws: FileError.system("/nonexistent", doing: "open", .noSuchFileOrDirectory)) { try reading("/nonexistent") }
    }
}

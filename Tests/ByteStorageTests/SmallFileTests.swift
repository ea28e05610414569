import ByteStorage
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct SmallFileTests {
    /// Sizes and limits around those at which the buffer grows.
    @Test(arguments: [0, 1, 4095, 4096, 4097, 16_384, 16_385, 70_000])
    func theHeadIsAPrefix(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let content = generator.bytes(size)
        let folder = try TemporaryFolder()
        let path = try folder.write(content, to: "file")
        for limit in [0, 1, 64, 4095, 4096, 4097, 16_383, 16_384, 16_385, 65_536, 70_000, 70_001, 1 << 26] {
            let (bytes, isWhole) = try SmallFile.head(path, limit: limit)
            #expect(firstDifference(bytes, Array(content.prefix(limit))) == nil, "\(size) bytes, limit \(limit)")
            #expect(isWhole == (size <= limit), "\(size) bytes, limit \(limit)")
            if size <= limit { #expect(firstDifference(try SmallFile.read(path, limit: limit), content) == nil) }
        }
    }

    /// stat(2) says that a file of /proc has no bytes.
    @Test func filesOfProcAreReadToTheirEnd() throws {
        #expect(try SmallFile.read("/proc/version", limit: 4096) == Tool("cat").output(["/proc/version"]))
        let maps = try SmallFile.read("/proc/self/smaps", limit: 1 << 26)
        #expect(maps.count > 4096)
        #expect(String(decoding: maps, as: UTF8.self).contains("[stack]"))
    }

    @Test func onlyTheOwnerReadsWhatIsWritten() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("new")
        var generator = SeededGenerator(seed: 1)
        let content = generator.bytes(100_000)
        try SmallFile.write(Bytes(content), to: path)
        #expect(firstDifference(try folder.read("new"), content) == nil)
        #expect(try folder.mode("new") == 0o600)
    }

    @Test func writingOverALongerFileLeavesNothingOfIt() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a long line of text", to: "file")
        try SmallFile.write(Bytes(Array("short".utf8)), to: path)
        #expect(try folder.read("file") == Array("short".utf8))
    }

    @Test func aSliceOfAFileIsWritten() throws {
        let folder = try TemporaryFolder()
        let whole = try Bytes(contentsOf: folder.write("0123456789", to: "file"), limit: 10)
        try SmallFile.write(try #require(whole.slice(3..<7)), to: folder.file("part"))
        #expect(try folder.read("part") == Array("3456".utf8))
    }

    @Test func placesThatCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("missing/file")
        #expect(throws: FileError.system(path, doing: "write", .noSuchFileOrDirectory)) { try SmallFile.write(Bytes([1]), to: path) }
        #expect(throws: FileError.system("/dev/full", doing: "write", .noSpace)) { try SmallFile.write(Bytes([1]), to: "/dev/full") }
    }
}

import ByteStorage
import SystemPackage
import TestSupport
import Testing

@Suite struct FileErrorTests {
    @Test func missingFiles() throws {
        let folder = try TemporaryFolder()
        let missing = folder.file("missing")
        let error = #expect(throws: FileError.system(missing, doing: "open", .noSuchFileOrDirectory)) {
            try Bytes(contentsOf: missing, limit: .max)
        }
        #expect(error?.isMissing == true)
        #expect(error?.description == "\(missing): cannot open: No such file or directory")
        #expect(throws: FileError.system(missing, doing: "read", .noSuchFileOrDirectory)) { try SmallFile.read(missing, limit: 10) }
        #expect(throws: FileError.system(missing, doing: "list", .noSuchFileOrDirectory)) { try Directory.names(missing) }
        let below = try folder.write("", to: "file").appending("child")
        #expect(#expect(throws: FileError.self) { try SmallFile.read(below, limit: 10) }?.isMissing == true)
    }

    @Test func foldersAreNoFiles() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.isDirectory(folder.path)) { try Bytes(contentsOf: folder.path, limit: .max) }
        #expect(throws: FileError.isDirectory(folder.path)) { try SmallFile.read(folder.path, limit: 10) }
        #expect(FileError.isDirectory(folder.path).isMissing == false)
    }

    @Test func limits() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 3, count: 5000), to: "file")
        #expect(try Bytes(contentsOf: path, limit: 5000).count == 5000)
        for limit in [0, 1, 4999] {
            #expect(throws: FileError.tooLarge(path, limit: limit)) { try Bytes(contentsOf: path, limit: limit) }
            #expect(throws: FileError.tooLarge(path, limit: limit)) { try SmallFile.read(path, limit: limit) }
        }
        #expect(throws: FileError.tooLarge("/dev/zero", limit: 100_000)) { try Bytes(contentsOf: "/dev/zero", limit: 100_000) }
        #expect(try Bytes(contentsOf: "/dev/null", limit: 0).count == 0)
    }
}

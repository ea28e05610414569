import ByteStorage
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct DirectoryTests {
    @Test func namesWithoutDots() throws {
        let folder = try TemporaryFolder()
        for name in ["a", ".hidden", "sub/file", "naïve", "with blank"] { try folder.write("", to: name) }
        #expect(Set(try Directory.names(folder.path)) == ["a", ".hidden", "sub", "naïve", "with blank"])
        #expect(try Directory.names("/proc/self/net/../..").contains("version"))
    }

    @Test func foldersAreMadeWithThoseAbove() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("one/two/three")
        try Directory.make(path)
        try Directory.make(path)
        #expect(try Directory.names(path) == [])
        #expect(try Directory.names(folder.path) == ["one"])
    }

    @Test func notThroughAFile() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "file")
        let path = folder.file("file/folder")
        #expect(throws: FileError.system(path, doing: "create the folder", .notDirectory)) { try Directory.make(path) }
    }
}

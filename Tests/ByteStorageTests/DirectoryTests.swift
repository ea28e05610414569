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

    /// A link is a link, whatever it leads to.
    @Test func entriesByKind() throws {
        let folder = try TemporaryFolder()
        for name in ["file", "folder/file"] { try folder.write("", to: name) }
        for target in ["file", "folder", "nowhere"] {
            try FileManager.default.createSymbolicLink(atPath: folder.file("to-\(target)").string, withDestinationPath: target)
        }
        #expect(
            Set(try Directory.entries(folder.path)) == [
                .init(name: "file", kind: .file), .init(name: "folder", kind: .folder), .init(name: "to-file", kind: .other),
                .init(name: "to-folder", kind: .other), .init(name: "to-nowhere", kind: .other),
            ])
        let link = folder.file("to-folder")
        #expect(try Directory.names(link) == ["file"])
        for path in [link, folder.file("file")] {
            #expect(throws: FileError.system(path, doing: "list", .notDirectory)) { try Directory.entries(path) }
        }
        #expect(throws: FileError.system(folder.file("none"), doing: "list", .noSuchFileOrDirectory)) {
            try Directory.entries(folder.file("none"))
        }
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

import ByteStorage
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func piecesBecomeOneFile() throws {
        try AtomicFile.write([Bytes([1, 2]), Bytes([]), Bytes([3])], to: folder.file("new"), permissions: .ownerReadWrite)
        #expect(try folder.read("new") == [1, 2, 3])
        #expect(try folder.mode("new") == 0o600)
        #expect(folder.allFiles() == ["new"])
    }

    /// Whatever the umask is, and whatever the permissions of a file before it.
    @Test func permissionsAreExact() throws {
        try folder.write("old and longer", to: "program")
        try AtomicFile.write(
            [Bytes([4])], to: folder.file("program"),
            permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
        #expect(try folder.mode("program") == 0o755)
        #expect(try folder.read("program") == [4])
    }

    /// Whoever has the old file open goes on reading it.
    @Test func theOldFileStaysWhatItWas() throws {
        let path = try folder.write("old", to: "file")
        let open = try Bytes(contentsOf: path, limit: 100)
        try AtomicFile.write([Bytes(Array("new".utf8))], to: path, permissions: .ownerReadWrite)
        #expect(array(open) == Array("old".utf8))
        #expect(try folder.read("file") == Array("new".utf8))
    }

    @Test func onlyFilesAreReplaced() throws {
        _ = try Tool("mkfifo").output([folder.file("pipe").string])
        try folder.write("x", to: "folder/file")
        for name in ["pipe", "folder", "none/file"] {
            #expect(throws: FileError.self) { try AtomicFile.write([Bytes([1])], to: folder.file(name), permissions: .ownerReadWrite) }
        }
        #expect(throws: FileError.notRegular("/dev/null")) { try AtomicFile.write([], to: "/dev/null", permissions: .ownerReadWrite) }
        #expect(throws: FileError.isDirectory("/")) { try AtomicFile.write([], to: "/", permissions: .ownerReadWrite) }
        #expect(throws: FileError.isDirectory("..")) { try AtomicFile.write([], to: "..", permissions: .ownerReadWrite) }
        #expect(folder.allFiles() == ["folder/file", "pipe"])
    }
}

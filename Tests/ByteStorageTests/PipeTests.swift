import ByteStorage
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A pipe cannot be mapped: its bytes are copied (`--initrd=<(gzip -dc initrd.gz)`).
@Suite struct PipeTests {
    private func path(_ handle: FileHandle) -> FilePath { FilePath("/proc/self/fd/\(handle.fileDescriptor)") }

    @Test func whatFitsThePipe() throws {
        var generator = SeededGenerator(seed: 1)
        let content = generator.bytes(50_000)
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(content))
        try pipe.fileHandleForWriting.close()
        let bytes = try Bytes(contentsOf: path(pipe.fileHandleForReading), limit: 50_000)
        #expect(firstDifference(array(bytes), content) == nil)
        #expect(bytes.slice(49_999..<50_000).map(array) == [content[49_999]])
    }

    /// More than a pipe holds: the writer waits for the reader, reads come in pieces.
    @Test func whatDoesNot() throws {
        var generator = SeededGenerator(seed: 2)
        let content = generator.bytes(1_000_003)
        let pipe = Pipe()
        let writer = pipe.fileHandleForWriting
        Thread.detachNewThread {
            try? writer.write(contentsOf: Data(content))
            try? writer.close()
        }
        let bytes = try Bytes(contentsOf: path(pipe.fileHandleForReading), limit: .max)
        #expect(firstDifference(array(bytes), content) == nil)
    }

    @Test func moreThanTheLimit() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(count: 30_001))
        try pipe.fileHandleForWriting.close()
        let path = path(pipe.fileHandleForReading)
        #expect(throws: FileError.tooLarge(path, limit: 30_000)) { try Bytes(contentsOf: path, limit: 30_000) }
    }

    @Test func nothingAtAll() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.close()
        #expect(try Bytes(contentsOf: path(pipe.fileHandleForReading), limit: 10).count == 0)
    }

    /// sysfs says how large a binary file is, and has no mmap(2): so is /sys/firmware/initrd, which --reuseinitrd reads.
    @Test(.enabled(if: FileManager.default.isReadableFile(atPath: "/sys/kernel/notes"), "this kernel has no /sys/kernel/notes"))
    func filesThatCannotBeMapped() throws {
        let bytes = try Bytes(contentsOf: "/sys/kernel/notes", limit: 1 << 16)
        #expect(bytes.count > 0)
        #expect(bytes.withSpan { span in (0..<span.count).map { span[$0] } } == (try Tool("cat").output(["/sys/kernel/notes"])))
        #expect(throws: FileError.self) { try Bytes(contentsOf: "/sys/kernel/notes", limit: 8) }
    }
}

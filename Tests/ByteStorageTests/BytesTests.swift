import ByteStorage
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct BytesTests {
    @Test(arguments: [1, 4095, 4096, 4097, 300_000])
    func aMappedFileHasTheFilesBytes(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let content = generator.bytes(size)
        let folder = try TemporaryFolder()
        let bytes = try Bytes(contentsOf: folder.write(content, to: "file"), limit: size)
        #expect(bytes.count == size)
        #expect(firstDifference(array(bytes), content) == nil)
        #expect(bytes.withSpan { span in span.count == size && content.indices.allSatisfy { span[$0] == content[$0] } })
    }

    /// Slices of slices, against slices of an array, out of both kinds of storage.
    @Test func slices() throws {
        var generator = SeededGenerator(seed: 1)
        let content = generator.bytes(10_000)
        let folder = try TemporaryFolder()
        for bytes in [Bytes(content), try Bytes(contentsOf: folder.write(content, to: "file"), limit: .max)] {
            for _ in 0..<200 {
                var expected = content[...]
                var slice = bytes
                for _ in 0..<4 {
                    let start = Int.random(in: 0...slice.count, using: &generator)
                    let end = Int.random(in: start...slice.count, using: &generator)
                    expected = expected.dropFirst(start).prefix(end - start)
                    slice = try #require(slice.slice(start..<end))
                }
                #expect(firstDifference(array(slice), Array(expected)) == nil)
            }
        }
    }

    @Test func noSliceReachesBeyond() throws {
        let folder = try TemporaryFolder()
        let content = [UInt8](repeating: 7, count: 100)
        for bytes in [Bytes(content), try Bytes(contentsOf: folder.write(content, to: "file"), limit: 100)] {
            let inner = try #require(bytes.slice(10..<20))
            for range in [0..<11, -1..<5, 11..<12, 10..<11, 0..<Int.max, Int.min..<Int.max, Int.max..<Int.max] {
                #expect(inner.slice(range) == nil, "\(range)")
            }
            #expect(inner.slice(10..<10)?.count == 0)
            #expect(bytes.slice(0..<101) == nil)
        }
    }

    /// A 60 MB initrd must not be copied: a slice of a mapping lies within the mapping.
    @Test func slicesOfFilesAreNotCopied() throws {
        let folder = try TemporaryFolder()
        let whole = try Bytes(contentsOf: folder.write([UInt8](repeating: 1, count: 50_000), to: "file"), limit: .max)
        let slice = try #require(whole.slice(20_000..<30_000)?.slice(1000..<2000))
        let distance = unsafe whole.withUnsafeBytes { outer in
            unsafe slice.withUnsafeBytes { inner in
                guard let start = outer.baseAddress, let place = inner.baseAddress else { return Int.min }
                return unsafe place - start
            }
        }
        #expect(distance == 21_000)
    }

    @Test func anEmptyFileHasNoBytes() throws {
        let folder = try TemporaryFolder()
        let bytes = try Bytes(contentsOf: folder.write([], to: "file"), limit: 0)
        #expect(bytes.count == 0)
        #expect(bytes.withSpan { $0.count } == 0)
        #expect(array(bytes) == [])
        #expect(bytes.slice(0..<0)?.count == 0)
        #expect(bytes.slice(0..<1) == nil)
    }

    @Test func theMappingOutlivesItsName() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 2)
        let content = generator.bytes(9000)
        let path = try folder.write(content, to: "file")
        let bytes = try Bytes(contentsOf: path, limit: .max)
        try FileManager.default.removeItem(atPath: path.string)
        #expect(firstDifference(array(bytes), content) == nil)
    }
}

func array(_ bytes: Bytes) -> [UInt8] { unsafe bytes.withUnsafeBytes { unsafe Array($0) } }

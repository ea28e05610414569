import Decompression
import TestSupport
import Testing

/// What the tools packed is unpacked again. 131,072 bytes is the size of the output buffer.
@Suite(.enabled(if: haveTools, "no gzip or xz here"))
struct RoundTripTests {
    @Test(arguments: Wrapping.allCases, [0, 1, 131_071, 131_072, 131_073, 700_001])
    func whatGoesInComesOut(_ wrapping: Wrapping, size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        for content in [generator.compressibleBytes(size), generator.bytes(size)] {
            let packed = try wrapping.wrap(content)
            #expect(detect(packed) == wrapping.format)
            #expect(firstDifference(try unwrap(packed, as: wrapping.format), content) == nil)
            #expect(firstDifference(try unwrap(packed, as: wrapping.format, limit: size), content) == nil)
        }
    }

    /// gzip(1): members that follow one another are one file.
    @Test func severalGzipMembers() throws {
        var generator = SeededGenerator(seed: 1)
        let parts = [generator.compressibleBytes(5000), [], generator.bytes(200_000), generator.bytes(3)]
        let packed = try parts.flatMap { try Wrapping.gzipBest.wrap($0) }
        let whole = parts.flatMap { $0 }
        #expect(firstDifference(try Tool.gzip.output(["-dc"], input: packed), whole) == nil)
        #expect(firstDifference(try unwrap(packed, as: .gzip), whole) == nil)
    }

    /// xz(1) says the same of .xz files: "can be concatenated; xz will decompress such files as if
    /// they were a single .xz file". A part of a kernel must not pass for the whole.
    /// Zeros may stand between them, a multiple of four.
    @Test(arguments: [0, 4, 8, 1024]) func severalXZStreams(padding: Int) throws {
        var generator = SeededGenerator(seed: 2)
        let parts = [generator.compressibleBytes(5000), generator.bytes(200_000), [], generator.bytes(3)]
        let packed = try parts.flatMap { try Wrapping.xzFast.wrap($0) + [UInt8](repeating: 0, count: padding) }
        let whole = parts.flatMap { $0 }
        #expect(firstDifference(try Tool.xz.output(["-dc"], input: packed), whole) == nil)
        #expect(firstDifference(try unwrap(packed, as: .xz), whole) == nil)
    }

    @Test func aLaterXZStreamCutOff() throws {
        var generator = SeededGenerator(seed: 3)
        let first = try Wrapping.xzFast.wrap(generator.compressibleBytes(5000))
        let second = try Wrapping.xzFast.wrap(generator.compressibleBytes(5000))
        for length in 6..<second.count {
            let error = #expect(throws: DecompressionError.self, "\(length)") { try unwrap(first + second[..<length], as: .xz) }
            guard case .truncated(.xz, after: let after)? = error else {
                Issue.record("\(length): \(error.map { "\($0)" } ?? "no error")")
                continue
            }
            #expect((5000...10_000).contains(after))
        }
    }

    /// A signature or padding behind a kernel.
    @Test(arguments: [Wrapping.gzipBest, .xzFast, .lzma] + Wrapping.zstd, [1, 2, 3, 17, 4096])
    func whatFollowsIsIgnored(_ wrapping: Wrapping, trailing: Int) throws {
        var generator = SeededGenerator(seed: UInt64(trailing))
        let content = generator.compressibleBytes(50_000)
        let packed = try wrapping.wrap(content)
        for byte: UInt8 in [0, 0xa5] {
            let followed = packed + [UInt8](repeating: byte, count: trailing)
            #expect(firstDifference(try unwrap(followed, as: wrapping.format), content) == nil)
        }
    }

    /// gzip keeps the name of a file in its header.
    @Test func namesInTheHeader() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a kernel", to: "vmlinux-6.12-with-a-name")
        let packed = try Tool.gzip.output(["-Nc", path.string])
        #expect(!packed.places(of: Array("vmlinux-6.12-with-a-name".utf8)).isEmpty)
        #expect(try unwrap(packed, as: .gzip) == Array("a kernel".utf8))
    }
}

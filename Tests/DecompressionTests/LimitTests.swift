import Decompression
import Foundation
import TestSupport
import Testing

/// Few bytes may stand for very many.
@Suite(.enabled(if: haveTools, "no gzip or xz here"))
struct LimitTests {
    @Test(arguments: [Wrapping.gzipBest, .xzFast, .lzma] + Wrapping.zstd)
    func oneByteTooMany(_ wrapping: Wrapping) throws {
        for size in [1, 1000, 131_072, 300_000] {
            let packed = try wrapping.wrap([UInt8](repeating: 0, count: size))
            #expect(try unwrap(packed, as: wrapping.format, limit: size).count == size)
            #expect(throws: DecompressionError.tooLarge(wrapping.format, limit: size - 1)) {
                try unwrap(packed, as: wrapping.format, limit: size - 1)
            }
        }
    }

    /// 256 MiB of zeros in a few hundred KiB: unpacking stops at the limit, not at the end.
    @Test(arguments: [Wrapping.gzipFast, .xzFast])
    func aBomb(_ wrapping: Wrapping) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("zeros").string
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let zeros = try #require(FileHandle(forWritingAtPath: path))
        try zeros.truncate(atOffset: 256 << 20)
        let packed = try wrapping.format == .gzip ? Tool.gzip.output(["-1c", path]) : Tool.xz.output(["-0c", path])
        #expect(packed.count < 2 << 20)
        #expect(throws: DecompressionError.tooLarge(wrapping.format, limit: 1 << 20)) {
            try unwrap(packed, as: wrapping.format, limit: 1 << 20)
        }
    }

    /// A .lzma header that asks for 512 MiB of dictionary before the first byte comes out.
    @Test func aDictionaryTooLarge() throws {
        var packed = try Wrapping.lzma.wrap([UInt8](repeating: 0, count: 1000))
        packed.putLittleEndian(512 << 20, at: 1, width: 4)
        #expect(detect(packed) == .lzma)
        #expect(throws: DecompressionError.needsTooMuchMemory(.lzma, limit: 128 << 20)) { try unwrap(packed, as: .lzma) }
    }
}

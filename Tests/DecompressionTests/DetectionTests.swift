import Decompression
import TestSupport
import Testing

@Suite struct DetectionTests {
    #if !Zstd
    @Test(.enabled(if: Tool.zstd.isAvailable)) func zstdIsRefusedByItsName() throws {
        let packed = try Tool.zstd.output(["-c"], input: Array("a kernel".utf8))
        #expect(detect(packed) == .zstd)
        let error = #expect(throws: DecompressionError.unsupported(.zstd)) { try unwrap(packed, as: .zstd) }
        #expect(error?.description.hasPrefix("zstd ") == true && error?.description.contains("--traits Zstd") == true)
    }
    #endif

    @Test func everyPrefixOfAMagicIsNotYetOne() {
        let magics: [[UInt8]] = [
            [0x1f, 0x8b, 0x08], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
            [0x28, 0xb5, 0x2f, 0xfd], [0x50, 0x2a, 0x4d, 0x18], [0x5f, 0x2a, 0x4d, 0x18],
            [0x5d, 0, 0, 0x80, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ]
        for magic in magics {
            for length in 0..<magic.count { #expect(detect(Array(magic[..<length])) == nil) }
            #expect(detect(magic) != nil)
            #expect(detect([0] + magic) == nil)
        }
    }

    /// .lzma has no magic: lc/lp/pb, a dictionary size, and a size of 64 bits, which is unknown
    /// (all ones) or that of a file, not of 256 GiB and more.
    @Test func lzmaIsToldByItsHeader() {
        func header(_ size: UInt64, properties: UInt8 = 0x5d) -> [UInt8] {
            var bytes = [properties, 0, 0, 0x80, 0] + [UInt8](repeating: 0, count: 16)
            bytes.putLittleEndian(size, at: 5, width: 8)
            return bytes
        }
        for size in [0, 1, 40_000_000, (1 << 40) - 1, .max] as [UInt64] { #expect(detect(header(size)) == .lzma, "\(size)") }
        for size in [1 << 40, 1 << 48, 1 << 56, .max - 1, .max >> 1] as [UInt64] { #expect(detect(header(size)) == nil, "\(size)") }
        #expect(detect(header(1000, properties: 0x5e)) == nil)
    }

    @Test func whatIsNotWrapped() {
        #expect(detect(Array("MZ".utf8) + [UInt8](repeating: 0, count: 600)) == nil)
        #expect(detect([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]) == nil)
        #expect(detect(Array("070701".utf8)) == nil)
        // 0x5d is ']': text is not .lzma.
        #expect(detect(Array("]] and more text, long enough".utf8)) == nil)
        // One of sixteen magics, each of a skippable zstd frame, more.
        #expect(detect([0x4f, 0x2a, 0x4d, 0x18]) == nil && detect([0x60, 0x2a, 0x4d, 0x18]) == nil)
        // bzip2 and lzo are wrappers, too, that no kernel for this loader comes in.
        #expect(detect(Array("BZh91AY&SY".utf8)) == nil)
    }

    /// Each of them says in what it failed, and the format.
    @Test(arguments: Compression.allCases) func errorsNameTheFormat(_ format: Compression) {
        let errors: [DecompressionError] = [
            .truncated(format, after: 77), .corrupt(format, after: 77), .tooLarge(format, limit: 8 << 20),
            .needsTooMuchMemory(format, limit: 8 << 20), .unsupported(format),
        ]
        for error in errors { #expect(error.description.contains(format.rawValue)) }
        #expect(Set(errors.map(\.description)).count == errors.count)
    }
}

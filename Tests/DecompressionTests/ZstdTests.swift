#if Zstd
import Decompression
import TestSupport
import Testing

/// What zstd has and the other formats have not: frames of two kinds, and a window that a frame asks for.
@Suite(.enabled(if: Tool.zstd.isAvailable, "no zstd here"))
struct ZstdTests {
    /// Of the sixteen kinds, the one with that number.
    private func skippable(_ kind: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = [0x50 + kind, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]
        frame.putLittleEndian(UInt64(contents.count), at: 4, width: 4)
        return frame + contents
    }

    /// zstd(1): "concatenated frames" are one file, wherever skippable ones stand.
    @Test func severalFrames() throws {
        var generator = SeededGenerator(seed: 1)
        let parts = [generator.compressibleBytes(5000), generator.bytes(200_000), [], generator.bytes(3)]
        var packed = skippable(0, [1, 2, 3])
        for part in parts { packed += try Wrapping.zstdFast.wrap(part) + skippable(7, []) + skippable(15, generator.bytes(300)) }
        let whole = parts.flatMap { $0 }
        #expect(firstDifference(try Tool.zstd.output(["-dc"], input: packed), whole) == nil)
        #expect(detect(packed) == .zstd)
        #expect(firstDifference(try unwrap(packed, as: .zstd), whole) == nil)
    }

    @Test func aLaterFrameCutOff() throws {
        var generator = SeededGenerator(seed: 2)
        let first = try Wrapping.zstdFast.wrap(generator.compressibleBytes(5000))
        for second in [try Wrapping.zstdFast.wrap(generator.compressibleBytes(5000)), skippable(3, generator.bytes(100))] {
            for length in 4..<second.count {
                let error = #expect(throws: DecompressionError.self, "\(length)") { try unwrap(first + second[..<length], as: .zstd) }
                guard case .truncated(.zstd, after: let after)? = error else {
                    Issue.record("\(length): \(error.map { "\($0)" } ?? "no error")")
                    continue
                }
                #expect((5000...10_000).contains(after))
            }
        }
    }

    /// A window of 256 MiB, twice what zstd(1) takes without being asked to.
    @Test func aWindowTooLarge() throws {
        let packed = try Tool.zstd.output(["--long=28"], input: Array("a kernel".utf8))
        #expect(throws: Tool.Failure.self) { try Tool.zstd.output(["-dc"], input: packed) }
        #expect(throws: DecompressionError.needsTooMuchMemory(.zstd, limit: 128 << 20)) { try unwrap(packed, as: .zstd) }
        let largest = try Tool.zstd.output(["--long=27"], input: Array("a kernel".utf8))
        #expect(try unwrap(largest, as: .zstd) == Array("a kernel".utf8))
    }

    /// 256 MiB of zeros in a few KiB: unpacking stops at the limit, not at the end.
    @Test func aBomb() throws {
        let mebibyte = try Wrapping.zstdFast.wrap([UInt8](repeating: 0, count: 1 << 20))
        let packed = Array(repeatElement(mebibyte, count: 256).joined())
        #expect(packed.count < 1 << 16)
        #expect(throws: DecompressionError.tooLarge(.zstd, limit: 1 << 20)) { try unwrap(packed, as: .zstd, limit: 1 << 20) }
        #expect(try unwrap(packed, as: .zstd).count == 256 << 20)
    }

    /// A frame that was packed by help of a dictionary, which nobody has.
    @Test func aDictionary() throws {
        // Frame_Header_Descriptor 0x21: single segment, a dictionary ID of one byte; then a content size, a last raw block.
        let packed: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 1, 0x09, 0, 0, 0x61]
        #expect(throws: DecompressionError.corrupt(.zstd, after: 0)) { try unwrap(packed, as: .zstd) }
        #expect(try unwrap([0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 0x09, 0, 0, 0x61], as: .zstd) == [0x61])
    }
}
#endif

import Decompression
import TestSupport
import Testing

/// Streams that end too early, or were altered.
@Suite(.enabled(if: haveTools, "no gzip or xz here"))
struct DamageTests {
    private static let content: [UInt8] = {
        var generator = SeededGenerator(seed: 7)
        return generator.compressibleBytes(3000)
    }()

    @Test(arguments: [Wrapping.gzipBest, .xzFast, .xzSHA256, .xzBlocks, .lzma] + Wrapping.zstd)
    func truncatedAtEveryByte(_ wrapping: Wrapping) throws {
        let packed = try wrapping.wrap(Self.content)
        for length in 0..<packed.count {
            let error = #expect(throws: DecompressionError.self, "\(length) of \(packed.count) bytes") {
                try unwrap(Array(packed[..<length]), as: wrapping.format)
            }
            guard case .truncated(let format, let after)? = error else {
                Issue.record("\(length) of \(packed.count) bytes: \(error.map { "\($0)" } ?? "no error")")
                continue
            }
            #expect(format == wrapping.format && after <= Self.content.count)
        }
    }

    @Test(arguments: [Wrapping.gzipBest, .xzFast, .lzma] + Wrapping.zstd)
    func truncatedLongStreams(_ wrapping: Wrapping) throws {
        var generator = SeededGenerator(seed: 8)
        let packed = try wrapping.wrap(generator.compressibleBytes(600_000))
        for _ in 0..<60 {
            let length = Int.random(in: 13..<packed.count, using: &generator)
            let error = #expect(throws: DecompressionError.self) { try unwrap(Array(packed[..<length]), as: wrapping.format) }
            guard case .truncated? = error else {
                Issue.record("\(length) of \(packed.count) bytes: \(error.map { "\($0)" } ?? "no error")")
                continue
            }
        }
    }

    /// The second member of a gzip file cut off: the first alone is not the file.
    @Test func truncatedInALaterMember() throws {
        let member = try Wrapping.gzipBest.wrap(Self.content)
        for length in 2..<member.count {
            #expect(throws: DecompressionError.truncated(.gzip, after: Self.content.count), "\(length)") {
                // Bytes of the second member's output may or may not be there yet.
                do {
                    _ = try unwrap(member + member[..<length], as: .gzip)
                } catch DecompressionError.truncated(.gzip, let after) where after >= Self.content.count {
                    throw DecompressionError.truncated(.gzip, after: Self.content.count)
                }
            }
        }
    }

    /// gzip, xz and zstd carry checksums: what comes out is right, or it is an error.
    @Test(arguments: [Wrapping.gzipBest, .xzFast, .xzSHA256, .xzCRC32] + Wrapping.zstd)
    func everyFlippedBit(_ wrapping: Wrapping) throws {
        let packed = try wrapping.wrap(Self.content)
        var refused = 0
        for bit in 0..<packed.count * 8 {
            var damaged = packed
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                let output = try unwrap(damaged, as: wrapping.format, limit: 1 << 20)
                #expect(firstDifference(output, Self.content) == nil, "bit \(bit)")
            } catch {
                #expect(error is DecompressionError)
                refused += 1
            }
        }
        // Of a gzip header's ten bytes most carry nothing (time, system): flipping them harms nobody.
        #expect(refused > packed.count * 8 - 80)
    }

    /// .lzma has no checksum: whatever comes out, it ends, within the limit.
    @Test func randomDamage() throws {
        var generator = SeededGenerator(seed: 9)
        for wrapping in [Wrapping.lzma, .gzipFast, .xzFast] + Wrapping.zstd {
            let packed = try wrapping.wrap(Self.content)
            for _ in 0..<1000 {
                var damaged = packed
                for _ in 0..<Int.random(in: 1...8, using: &generator) {
                    damaged[Int.random(in: 0..<packed.count, using: &generator)] = UInt8(truncatingIfNeeded: generator.next())
                }
                do {
                    #expect(try unwrap(damaged, as: wrapping.format, limit: 1 << 16).count <= 1 << 16)
                } catch {
                    #expect(error is DecompressionError)
                }
            }
        }
    }

    @Test(arguments: Compression.allCases)
    func noise(_ format: Compression) throws {
        var generator = SeededGenerator(seed: 10)
        for _ in 0..<500 {
            let noise = generator.bytes(Int.random(in: 0...600, using: &generator))
            do {
                #expect(try unwrap(noise, as: format, limit: 1 << 16).count <= 1 << 16)
            } catch {
                #expect(error is DecompressionError)
            }
        }
    }
}

import CPurgatoryCommon
import CSHA256
import Testing

@Suite struct VerifyTests {
    let first = Memory((0..<1500).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let second = Memory((0..<77).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ 5) })

    /// Both regions in one piece, the way the loader sees them.
    var contents: [UInt8] { (0..<1500).map { first[$0] } + (0..<77).map { second[$0] } }

    /// Between the two lies one that the digest leaves out.
    var regions: [purgatory_segment] {
        [digested(first.address, 1500), shaped(first.address, 1500, check: 0), digested(second.address, 77)]
    }

    func verify(
        _ segments: [purgatory_segment], _ expected: [UInt8],
        _ implementation: sha256_implementation = sha256_best_implementation()
    ) -> (matches: Bool, computed: [UInt8]) {
        var computed = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        var record = record(segments, digest: expected)
        let matches = unsafe purgatory_verify(&record, implementation, &computed)
        return (matches, computed)
    }

    @Test func unchangedMemoryMatches() {
        let digest = sha256(contents)
        for implementation in [SHA256_PORTABLE, sha256_best_implementation()] {
            let result = verify(regions, digest, implementation)
            #expect(result.matches)
            #expect(result.computed == digest)
        }
    }

    /// 12,616 bits.
    @Test func everyFlippedBitIsFound() {
        let digest = sha256(contents)
        for (memory, count) in [(first, 1500), (second, 77)] {
            for bit in 0..<count * 8 {
                memory[bit / 8] ^= 1 << (bit % 8)
                #expect(!verify(regions, digest).matches, "bit \(bit)")
                memory[bit / 8] ^= 1 << (bit % 8)
            }
        }
        #expect(verify(regions, digest).matches)
    }

    @Test func everyFlippedBitOfTheDigestIsFound() {
        var digest = sha256(contents)
        for bit in 0..<digest.count * 8 {
            digest[bit / 8] ^= 1 << (bit % 8)
            let result = verify(regions, digest)
            #expect(!result.matches, "bit \(bit)")
            #expect(result.computed == sha256(contents))
            digest[bit / 8] ^= 1 << (bit % 8)
        }
    }

    @Test func theOrderOfRegionsMatters() {
        let swapped = [digested(second.address, 77), digested(first.address, 1500)]
        #expect(!verify(swapped, sha256(contents)).matches)
    }

    @Test func theLengthOfARegionMatters() {
        let shorter = [digested(first.address, 1499), digested(second.address, 77)]
        #expect(!verify(shorter, sha256(contents)).matches)
    }

    @Test func allSixteenRegionsAreRead() {
        let regions = (0..<16).map { digested(first.address + 10 * $0, 10) }
        let digest = sha256((0..<160).map { first[$0] })
        #expect(verify(regions, digest).matches)
        first[159] ^= 1
        #expect(!verify(regions, digest).matches)
    }

    @Test func noRegionIsTheEmptyMessage() {
        #expect(verify([], sha256([])).matches)
        #expect(!verify([], [UInt8](repeating: 0, count: 32)).matches)
    }

    /// By the definition, without the C: lanes take every fourth word of eight bytes.
    static func checksum(_ bytes: [UInt8]) -> UInt64 {
        func take(_ value: UInt64, _ word: UInt64) -> UInt64 {
            let mixed = value ^ word
            return (mixed << 29 | mixed >> 35) &* 0x9e37_79b9_7f4a_7c15
        }
        var lanes: [UInt64] = [0, 1, 2, 3]
        let padded = bytes + [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
        for index in 0..<padded.count / 8 {
            let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(padded[8 * index + $1]) << (8 * UInt64($1)) }
            lanes[index % 4] = take(lanes[index % 4], word)
        }
        return lanes.reduce(UInt64(bytes.count), take)
    }

    @Test func theChecksumIsAsDefined() {
        for length in [0, 1, 7, 8, 31, 32, 33, 64, 77, 1499, 1500] {
            let bytes = (0..<length).map { first[$0] }
            var segment = digested(first.address, UInt64(length), checksum: Self.checksum(bytes))
            #expect(unsafe !purgatory_segment_changed(&segment), "\(length) bytes")
            // At an odd address, too.
            let moved = Memory([0] + bytes)
            segment.start = moved.address + 1
            withExtendedLifetime(moved) { #expect(unsafe !purgatory_segment_changed(&segment), "\(length) bytes, moved") }
            segment.checksum ^= 1 << 63
            withExtendedLifetime(moved) { #expect(unsafe purgatory_segment_changed(&segment)) }
        }
    }

    @Test func everyFlippedBitOfASegmentIsFound() {
        var segment = digested(second.address, 77, checksum: Self.checksum((0..<77).map { second[$0] }))
        for bit in 0..<77 * 8 {
            second[bit / 8] ^= 1 << (bit % 8)
            #expect(unsafe purgatory_segment_changed(&segment), "bit \(bit)")
            second[bit / 8] ^= 1 << (bit % 8)
        }
        #expect(unsafe !purgatory_segment_changed(&segment))
        // What the digest leaves out is never said to have changed.
        segment.check = PURGATORY_CHECK_ELFCOREHDR.rawValue
        segment.checksum ^= 1
        #expect(unsafe !purgatory_segment_changed(&segment))
    }
}

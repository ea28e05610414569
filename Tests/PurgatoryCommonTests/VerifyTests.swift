import CPurgatoryCommon
import CSHA256
import Testing

@Suite struct VerifyTests {
    let first = Memory((0..<1500).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let second = Memory((0..<77).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ 5) })

    /// Both regions in one piece, the way the loader sees them.
    var contents: [UInt8] { (0..<1500).map { first[$0] } + (0..<77).map { second[$0] } }

    var regions: [purgatory_region] {
        regionList([(first.address, 1500), (0, 0), (second.address, 77)])
    }

    func verify(
        _ regions: [purgatory_region], _ expected: [UInt8],
        _ implementation: sha256_implementation = sha256_best_implementation()
    ) -> (matches: Bool, computed: [UInt8]) {
        var computed = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        let matches = unsafe purgatory_verify(regions, expected, implementation, &computed)
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
        let swapped = regionList([(second.address, 77), (first.address, 1500)])
        #expect(!verify(swapped, sha256(contents)).matches)
    }

    @Test func theLengthOfARegionMatters() {
        let shorter = regionList([(first.address, 1499), (second.address, 77)])
        #expect(!verify(shorter, sha256(contents)).matches)
    }

    @Test func allSixteenRegionsAreRead() {
        let regions = regionList((0..<16).map { (first.address + 10 * $0, 10) })
        let digest = sha256((0..<160).map { first[$0] })
        #expect(verify(regions, digest).matches)
        first[159] ^= 1
        #expect(!verify(regions, digest).matches)
    }

    @Test func noRegionIsTheEmptyMessage() {
        #expect(verify(regionList([]), sha256([])).matches)
        #expect(!verify(regionList([]), [UInt8](repeating: 0, count: 32)).matches)
    }
}

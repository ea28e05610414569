import CPurgatoryCommon
import Testing

@Suite struct FDTShapeTests {
    /// Magic and totalsize, big-endian, and as many bytes as that says.
    static func tree(totalsize: UInt32) -> [UInt8] {
        let header: [UInt8] =
            [0xd0, 0x0d, 0xfe, 0xed]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: totalsize >> $0) }
        return header + [UInt8](repeating: 0, count: 92)
    }

    func fault(_ bytes: [UInt8], memorySize: UInt64? = nil) -> String? {
        let memory = Memory(bytes)
        var segment = shaped(
            memory.address, memorySize ?? UInt64(bytes.count), check: PURGATORY_CHECK_FDT.rawValue)
        return withExtendedLifetime(memory) {
            unsafe purgatory_shape_fault(&segment, 0).map { unsafe String(cString: $0) }
        }
    }

    @Test func aGoodTreePasses() {
        #expect(fault(Self.tree(totalsize: 100)) == nil)
        #expect(fault(Self.tree(totalsize: 40)) == nil)
        #expect(fault(Self.tree(totalsize: 0xffff_ffff), memorySize: 0x1_0000_0000) == nil)
    }

    @Test func everyFlippedBitOfTheMagicIsFound() {
        for bit in 0..<32 {
            var bytes = Self.tree(totalsize: 100)
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(fault(bytes) == "no FDT magic")
        }
    }

    @Test func aTotalsizeThatDoesNotFitIsFound() {
        for totalsize: UInt32 in [101, 0x6400, 0x6400_0000, 0xffff_ffff] {
            #expect(
                fault(Self.tree(totalsize: totalsize)) == "totalsize is more than the segment")
        }
        for totalsize: UInt32 in [0, 1, 39] {
            #expect(
                fault(Self.tree(totalsize: totalsize)) == "totalsize is less than the FDT header")
        }
    }

    @Test func everyTruncationIsFound() {
        for size in 0..<100 {
            let expected =
                size < 40 ? "no room for an FDT header" : "totalsize is more than the segment"
            #expect(fault(Array(Self.tree(totalsize: 100).prefix(size))) == expected)
        }
    }
}

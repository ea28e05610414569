import DeviceTree
import TestSupport
import Testing

/// Blobs that were altered: an error, or a tree that can be written. A trap ends the test run.
@Suite struct DamageTests {
    /// Nil where it is refused.
    private func tree(_ bytes: [UInt8]) throws -> DeviceTree? {
        do {
            let tree = try parse(bytes)
            // What was read is written, and is the same when it is read again.
            let isSame = try parse(tree.flattened()) == tree
            #expect(isSame)
            return tree
        } catch {
            #expect(error is DeviceTreeError)
            #expect(!"\(error)".utf8.contains { $0 < 0x20 || $0 > 0x7e })
            return nil
        }
    }

    @Test func everyFlippedBit() throws {
        let whole = SyntheticBlob.sample.bytes
        var accepted = 0
        for bit in 0..<whole.count * 8 {
            var bytes = whole
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            if try tree(bytes) != nil { accepted += 1 }
        }
        // Names, values and reservations have many right forms.
        #expect(accepted > whole.count && accepted < whole.count * 6)
    }

    /// dtc reads the same out of what is accepted here.
    @Test(.enabled(if: Dtc.isAvailable, Dtc.absence)) func damageAsDtcReadsIt() throws {
        let whole = SyntheticBlob.sample.bytes
        var compared = 0
        for bit in stride(from: 0, to: whole.count * 8, by: 11) {
            var bytes = whole
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let tree = try tree(bytes) else { continue }
            #expect(firstDifference(try tree.flattened(), try Dtc.rewrite(bytes, ["-f"])) == nil, "bit \(bit)")
            compared += 1
        }
        #expect(compared > 100)
    }

    @Test func hostileWords() throws {
        var generator = SeededGenerator(seed: 3)
        let whole = SyntheticBlob.sample.bytes
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let value = UInt32(truncatingIfNeeded: generator.hostileNumber())
                let offset = Int.random(in: 0...(whole.count - 4) / 4, using: &generator) * 4
                bytes.replaceSubrange(offset..<offset + 4, with: word(value))
            }
            if Int.random(in: 0..<4, using: &generator) == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            if try tree(bytes) != nil { accepted += 1 }
        }
        #expect(accepted > 500)
    }

    @Test(arguments: TreeFixture.allCases) func recordedTrees(_ fixture: TreeFixture) throws {
        var generator = SeededGenerator(seed: 4)
        let whole = try fixture.bytes()
        for _ in 0..<150 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try tree(bytes)
        }
    }

    @Test func noise() throws {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<2000 {
            let noise = generator.bytes(Int.random(in: 0...200, using: &generator))
            #expect(try tree(noise) == nil)
            // The same behind a header that is right.
            var header = SyntheticBlob([]).bytes[..<40]
            header.replaceSubrange(4..<8, with: word(UInt32(40 + noise.count)))
            _ = try tree(header + noise)
        }
    }
}

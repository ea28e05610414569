import ByteStorage
import SHA256
import TestSupport
import Testing

/// Against the program with which anyone can check the loader's digest.
@Suite(.enabled(if: Tool.sha256sum.isAvailable, "no sha256sum here"))
struct DigestTests {
    @Test(arguments: [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 4095, 4096, 65_537, 1_048_583])
    func ofArraysAndFiles(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let content = generator.bytes(size)
        let expected = try Tool.sha256(of: content)
        #expect(SHA256.digest(of: Bytes(content)).description == expected)
        let folder = try TemporaryFolder()
        let mapped = try Bytes(contentsOf: folder.write(content, to: "file"), limit: .max)
        #expect(SHA256.digest(of: mapped).description == expected)
    }

    /// As segments are hashed: one after another, `cat` of them gives the same.
    @Test func ofPieces() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<8 {
            let content = generator.bytes(Int.random(in: 0...200_000, using: &generator))
            let whole = Bytes(content)
            var hash = SHA256()
            var start = 0
            while start < content.count {
                let end = Int.random(in: start...min(content.count, start + 30_000), using: &generator)
                hash.update(try #require(whole.slice(start..<end)))
                start = end
            }
            #expect(hash.finish().description == (try Tool.sha256(of: content)))
        }
    }

    @Test func theTextIsTheBytes() {
        let digest = SHA256.digest(of: Bytes(Array("abc".utf8)))
        // FIPS 180-4's own example; it has bytes below 0x10.
        #expect(digest.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(digest.bytes.count == SHA256Digest.size)
        #expect(digest.bytes.prefix(4) == [0xba, 0x78, 0x16, 0xbf])
    }
}

import CSHA256
import Testing

@Suite struct ImplementationTests {
    /// Every place of the padding in the last block, and in the one after it.
    @Test(.enabled(if: hasX86SHA, "this CPU has no SHA extensions"))
    func everyLengthAgrees() {
        var generator = SeededGenerator(state: 1)
        for length in 0...300 {
            let message = generator.bytes(length)
            #expect(
                sha256(message, SHA256_PORTABLE) == sha256(message, SHA256_X86_SHA),
                "length \(length)")
        }
    }

    @Test(.enabled(if: hasX86SHA, "this CPU has no SHA extensions"))
    func manyBlocksAgree() {
        var generator = SeededGenerator(state: 2)
        for _ in 0..<50 {
            let message = generator.bytes(Int.random(in: 1000...20000, using: &generator))
            #expect(sha256(message, SHA256_PORTABLE) == sha256(message, SHA256_X86_SHA))
        }
    }

    /// Chunks also put whole blocks at every alignment.
    @Test(arguments: runnableImplementations)
    func chunksDoNotMatter(_ implementation: sha256_implementation) {
        var generator = SeededGenerator(state: 3)
        for _ in 0..<300 {
            let message = generator.bytes(Int.random(in: 0...2000, using: &generator))
            var chunks: [Int] = []
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                chunks.append(Int.random(in: 0...200, using: &generator))
            }
            #expect(
                sha256(message, implementation, chunks: chunks)
                    == sha256(message, SHA256_PORTABLE),
                "\(message.count) bytes in \(chunks)")
        }
    }

    @Test(arguments: runnableImplementations)
    func everyBitMatters(_ implementation: sha256_implementation) {
        var generator = SeededGenerator(state: 4)
        var message = generator.bytes(200)
        var digests: Set = [sha256(message, implementation)]
        for bit in 0..<message.count * 8 {
            message[bit / 8] ^= 1 << (bit % 8)
            #expect(digests.insert(sha256(message, implementation)).inserted, "bit \(bit)")
            message[bit / 8] ^= 1 << (bit % 8)
        }
    }
}

import CSHA256
import Testing

/// The examples that NIST publishes for FIPS 180-4.
@Suite struct StandardVectorTests {
    static let vectors: [(message: String, digest: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
                + "lmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test(arguments: runnableImplementations)
    func examples(_ implementation: sha256_implementation) {
        for vector in Self.vectors {
            #expect(sha256(Array(vector.message.utf8), implementation) == vector.digest)
        }
    }

    /// One gibibyte: the length in bits has more than 32 of them.
    @Test(.enabled(if: hasX86SHA, "takes too long in plain C"))
    func extremelyLongMessage() {
        let part = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
        let piece = Array(String(repeating: part, count: 1 << 14).utf8)
        var context = sha256_context()
        unsafe sha256_init(&context, SHA256_X86_SHA)
        for _ in 0..<1 << 10 {
            unsafe sha256_update(&context, piece, piece.count)
        }
        #expect(
            finish(&context) == "50e72a0e26442fe2552dc3938ac58658228c0cbfb1d2ca872ae435266fcd055e")
    }
}

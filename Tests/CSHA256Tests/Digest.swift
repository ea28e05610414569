import CSHA256

/// The implementations that this machine can run.
let runnableImplementations: [sha256_implementation] =
    hasX86SHA ? [SHA256_PORTABLE, SHA256_X86_SHA] : [SHA256_PORTABLE]

let hasX86SHA = sha256_best_implementation() == SHA256_X86_SHA

/// The digest in hexadecimal of `message`, given in pieces of `chunks` bytes and
/// then the rest.
func sha256(
    _ message: [UInt8], _ implementation: sha256_implementation, chunks: [Int] = []
) -> String {
    var context = sha256_context()
    unsafe sha256_init(&context, implementation)
    unsafe message.withUnsafeBytes { bytes in
        var start = 0
        for chunk in chunks + [bytes.count] {
            let end = min(start + chunk, bytes.count)
            let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            unsafe sha256_update(&context, piece.baseAddress, piece.count)
            start = end
        }
    }
    return finish(&context)
}

func finish(_ context: inout sha256_context) -> String {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
    unsafe sha256_final(&context, &digest)
    return digest.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}

import ByteStorage
import CSHA256

/// SHA-256 (FIPS 180-4), by the same C source that purgatory checks the digest with.
@safe public struct SHA256 {
    var context = sha256_context()

    /// Begins a digest, with the SHA instructions of this processor where it has them.
    public init() { unsafe sha256_init(&context, sha256_best_implementation()) }

    /// Takes the next bytes.
    public mutating func update(_ bytes: Bytes) {
        unsafe bytes.withUnsafeBytes { unsafe sha256_update(&context, $0.baseAddress, $0.count) }
    }

    /// The digest of all bytes so far. Nothing can be added afterwards.
    public mutating func finish() -> SHA256Digest {
        var digest = [UInt8](repeating: 0, count: SHA256Digest.size)
        unsafe sha256_final(&context, &digest)
        return SHA256Digest(digest)
    }

    /// The digest of these bytes alone.
    public static func digest(of bytes: Bytes) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }
}

/// The 32 bytes of a SHA-256; written as 64 hexadecimal digits, as sha256sum prints it.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// In bytes.
    public static let size = 32
    /// The first byte first.
    public let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Nil for another number of bytes than 32.
    public init?(exactly bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

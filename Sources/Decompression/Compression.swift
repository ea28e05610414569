import BinaryLayout

/// The wrappers that distributions put around kernels, known by the first bytes of the file.
public enum Compression: String, Sendable, CaseIterable {
    /// RFC 1952.
    case gzip
    /// The .xz file format, version 1.
    case xz
    /// The older .lzma format, of lzma(1).
    case lzma
    /// Unpacked by a build with the package trait Zstd. Others recognise it, so that it is refused by its name.
    case zstd

    /// The wrapper of a file that begins with these bytes; nil when it has none.
    public static func detect(_ bytes: borrowing Span<UInt8>) -> Compression? {
        if bytes.matches([0x1f, 0x8b, 0x08]) { return .gzip }
        if bytes.matches([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) { return .xz }
        if isZstdFrame(bytes) { return .zstd }
        if looksLikeLZMA(bytes) { return .lzma }
        return nil
    }

    /// The magic of a frame, or of a skippable one (RFC 8878, section 3.1), which pzstd(1) begins with.
    static func isZstdFrame(_ bytes: borrowing Span<UInt8>) -> Bool {
        bytes.matches([0x28, 0xb5, 0x2f, 0xfd]) || bytes.matches([0x2a, 0x4d, 0x18], at: 1) && 0x50...0x5f ~= bytes[0]
    }

    /// The older .lzma format has no magic. Its header: properties (0x5d for the default
    /// lc=3 lp=0 pb=2), a dictionary size, the uncompressed size or eight 0xff for "unknown".
    private static func looksLikeLZMA(_ bytes: borrowing Span<UInt8>) -> Bool {
        guard bytes.count >= 13, bytes.matches([0x5d, 0x00, 0x00]) else { return false }
        let sizeUnknown = bytes.matches([UInt8](repeating: 0xff, count: 8), at: 5)
        return sizeUnknown || bytes.matches([0, 0, 0], at: 10)
    }
}

/// Why a wrapped file could not be unwrapped.
public enum DecompressionError: Error, Equatable, CustomStringConvertible {
    /// The input ends within a stream; how many bytes came out before.
    case truncated(Compression, after: Int)
    /// The decoder does not understand it; how many bytes came out before.
    case corrupt(Compression, after: Int)
    /// The output has more bytes than are allowed.
    case tooLarge(Compression, limit: Int)
    /// The stream asks for a larger dictionary than `limit` bytes.
    case needsTooMuchMemory(Compression, limit: Int)
    /// This build has no decoder for it.
    case unsupported(Compression)
    /// The output cannot be kept, or the library cannot start.
    case storage(String)

    public var description: String {
        switch self {
        case .truncated(let format, let after): "the \(format.rawValue) stream ends too early, after \(after) bytes of output"
        case .corrupt(let format, let after): "the \(format.rawValue) stream is corrupt after \(after) bytes of output"
        case .tooLarge(let format, let limit): "the \(format.rawValue) stream grows beyond the limit of \(limit >> 20) MiB"
        case .needsTooMuchMemory(let format, let limit):
            "the \(format.rawValue) stream needs a dictionary larger than the limit of \(limit >> 20) MiB"
        case .unsupported(let format):
            "\(format.rawValue) compression is not supported by this build, which lacks the package trait Zstd (swift build --traits Zstd); unpack the file first"
        case .storage(let why): why
        }
    }
}

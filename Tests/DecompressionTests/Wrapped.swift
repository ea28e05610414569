import ByteStorage
import TestSupport

@testable import Decompression

/// What the tools of a distribution make.
enum Wrapping: String, CaseIterable, Sendable {
    case gzipFast, gzipBest, xzFast, xzBest, xzCRC32, xzSHA256, xzNoCheck, xzBlocks, lzma
    #if Zstd
    case zstdFast, zstdBest, zstdNoCheck
    /// None without the package trait Zstd.
    static let zstd: [Wrapping] = [.zstdFast, .zstdBest]
    #else
    static let zstd: [Wrapping] = []
    #endif

    var format: Compression {
        switch self {
        case .gzipFast, .gzipBest: .gzip
        case .xzFast, .xzBest, .xzCRC32, .xzSHA256, .xzNoCheck, .xzBlocks: .xz
        case .lzma: .lzma
        #if Zstd
        case .zstdFast, .zstdBest, .zstdNoCheck: .zstd
        #endif
        }
    }

    func wrap(_ bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .gzipFast: try Tool.gzip.output(["-1"], input: bytes)
        case .gzipBest: try Tool.gzip.output(["-9"], input: bytes)
        case .xzFast: try Tool.xz.output(["-0"], input: bytes)
        // 64 MiB of dictionary, the most that any preset wants.
        case .xzBest: try Tool.xz.output(["-9e"], input: bytes)
        // As kernels are packed (scripts/xz_wrap.sh).
        case .xzCRC32: try Tool.xz.output(["--check=crc32", "--x86", "--lzma2=dict=1MiB"], input: bytes)
        case .xzSHA256: try Tool.xz.output(["--check=sha256"], input: bytes)
        case .xzNoCheck: try Tool.xz.output(["--check=none"], input: bytes)
        case .xzBlocks: try Tool.xz.output(["--block-size=10000"], input: bytes)
        case .lzma: try Tool.xz.output(["--format=lzma"], input: bytes)
        #if Zstd
        case .zstdFast: try Tool.zstd.output(["-1"], input: bytes)
        // As kernels are packed (scripts/Makefile.lib, zstd22).
        case .zstdBest: try Tool.zstd.output(["-22", "--ultra"], input: bytes)
        case .zstdNoCheck: try Tool.zstd.output(["--no-check"], input: bytes)
        #endif
        }
    }
}

#if Zstd
let haveTools = Tool.gzip.isAvailable && Tool.xz.isAvailable && Tool.zstd.isAvailable
#else
let haveTools = Tool.gzip.isAvailable && Tool.xz.isAvailable
#endif

func unwrap(_ bytes: [UInt8], as format: Compression, limit: Int = .max) throws -> [UInt8] {
    let output = try format.decompress(Bytes(bytes), limit: limit)
    return unsafe output.withUnsafeBytes { unsafe Array($0) }
}

func detect(_ bytes: [UInt8]) -> Compression? { Compression.detect(bytes.span) }

import ByteStorage
import Decompression
import TestSupport

extension FuzzTarget {
    /// The decoders of compressed kernels, told by the magic.
    static let decompression = FuzzTarget(name: "decompression") {
        let kernel = Array("a kernel, a kernel, and a kernel again: ".utf8) + [UInt8](repeating: 0, count: 5000)
        var seeds: [[UInt8]] = []
        for (tool, options) in [
            (Tool.gzip, ["-9n"]), (.gzip, ["-1n"]), (.xz, ["--check=none"]), (.xz, ["--check=crc32", "--x86", "--lzma2=dict=1MiB"]),
            (.xz, ["--block-size=1000"]), (.xz, ["--format=lzma"]), (.zstd, ["-1"]), (.zstd, ["-19", "--no-check"]),
        ] {
            seeds.append(try tool.output(options, input: kernel))
        }
        // Members, streams and frames that follow one another, with what may stand between them.
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]
        return seeds + [seeds[0] + seeds[1], seeds[2] + [0, 0, 0, 0] + seeds[3], skippable + seeds[6] + skippable + seeds[7]]
    } read: { bytes in
        guard let format = Compression.detect(bytes.span) else { return }
        let limit = 1 << 20
        attempt {
            let output = try format.decompress(Bytes(bytes), limit: limit)
            promise(output.count <= limit, "the limit is kept")
        }
    }
}

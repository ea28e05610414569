import ByteStorage
import Decompression
import KernelImage
import TestSupport
import Testing

@Suite struct WrapperTests {
    private let kernel = SyntheticBzImage.small().bytes

    @Test(
        .enabled(if: Tool.gzip.isAvailable && Tool.xz.isAvailable),
        arguments: [
            (Compression.gzip, Tool.gzip, ["-9"]), (.xz, Tool.xz, ["-6"]), (.lzma, Tool.xz, ["--format=lzma"]),
        ])
    func isTakenOff(_ wrapper: Compression, tool: Tool, arguments: [String]) throws {
        let file = try KernelFile(Bytes(try tool.output(arguments, input: kernel)))
        #expect(file.wrapper == wrapper)
        #expect(firstDifference(array(file.bytes), kernel) == nil)
        #expect(throws: Never.self) { try BzImage(file.bytes) }
    }

    @Test func noWrapper() throws {
        let file = try KernelFile(Bytes(kernel))
        #expect(file.wrapper == nil)
        #expect(firstDifference(array(file.bytes), kernel) == nil)
    }

    @Test(.enabled(if: Tool.gzip.isAvailable)) func truncated() throws {
        let packed = try Tool.gzip.output(input: kernel)
        #expect(throws: KernelImageError.wrapper(.truncated(.gzip, after: kernel.count))) {
            try KernelFile(Bytes(Array(packed.dropLast())))
        }
    }

    @Test func empty() {
        #expect(throws: KernelImageError.empty) { try KernelFile(Bytes([])) }
        #expect(throws: KernelImageError.foreign(.unknown)) { try BzImage(Bytes([])) }
    }

    @Test func zstd() {
        #if Zstd
        let expected = DecompressionError.truncated(.zstd, after: 0)
        #else
        let expected = DecompressionError.unsupported(.zstd)
        #endif
        #expect(throws: KernelImageError.wrapper(expected)) { try KernelFile(Bytes([0x28, 0xb5, 0x2f, 0xfd, 0, 0])) }
    }
}

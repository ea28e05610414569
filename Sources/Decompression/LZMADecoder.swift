import CLZMA

/// liblzma's decoder for .xz and for the older .lzma format.
@safe final class LZMADecoder: StreamDecoder {
    private var stream = unsafe lzma_stream()
    private let initialized: lzma_ret
    private let format: Compression
    /// The largest preset, `xz -9`, needs 65 MiB (xz(1), table of presets).
    private static let memoryLimit = 128 << 20

    init(_ format: Compression) {
        self.format = format
        unsafe initialized = lzma_auto_decoder(&stream, UInt64(Self.memoryLimit), 0)
    }

    deinit { unsafe lzma_end(&stream) }

    func setInput(_ input: UnsafeRawBufferPointer) {
        unsafe stream.next_in = input.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.avail_in = input.count
    }

    func step(into buffer: UnsafeMutableRawBufferPointer, after: Int) throws(DecompressionError) -> (Compression.Step, Int) {
        guard initialized == LZMA_OK else { throw .storage("liblzma cannot be initialised (\(initialized.rawValue))") }
        unsafe stream.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.avail_out = buffer.count
        let answer = unsafe lzma_code(&stream, LZMA_RUN)
        let produced = unsafe buffer.count - stream.avail_out
        switch answer {
        case LZMA_STREAM_END: return (.end, produced)
        case LZMA_OK where unsafe produced > 0 || stream.avail_in > 0: return (.more, produced)
        case LZMA_OK, LZMA_BUF_ERROR: throw .truncated(format, after: after + produced)
        case LZMA_MEMLIMIT_ERROR: throw .needsTooMuchMemory(format, limit: Self.memoryLimit)
        default: throw .corrupt(format, after: after + produced)
        }
    }
}

import CLZMA

/// liblzma's decoder for .xz and for the older .lzma format. As xz(1) does, .xz streams that follow
/// one another, zeros between them, are one output; what else follows the last one is ignored.
@safe final class LZMADecoder: StreamDecoder {
    private var stream = unsafe lzma_stream()
    private let initialized: lzma_ret
    private let format: Compression
    /// The largest preset, `xz -9`, needs 65 MiB (xz(1), table of presets).
    private static let memoryLimit = 128 << 20
    private static let magic: [UInt8] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]

    init(_ format: Compression) {
        self.format = format
        unsafe initialized = lzma_auto_decoder(&stream, UInt64(Self.memoryLimit), 0)
    }

    deinit { unsafe lzma_end(&stream) }

    /// Whether another .xz stream follows; makes the decoder ready for it.
    private func startNextStream() throws(DecompressionError) -> Bool {
        guard format == .xz, let next = unsafe stream.next_in else { return false }
        let rest = unsafe UnsafeBufferPointer(start: next, count: stream.avail_in)
        // Stream padding: zeros, a multiple of four of them.
        let padding = unsafe rest.prefix { $0 == 0 }.count
        guard padding % 4 == 0, unsafe rest.dropFirst(padding).starts(with: Self.magic) else { return false }
        unsafe stream.next_in = next.advanced(by: padding)
        unsafe stream.avail_in -= padding
        let answer = unsafe lzma_stream_decoder(&stream, UInt64(Self.memoryLimit), 0)
        guard answer == LZMA_OK else { throw .storage("liblzma cannot be initialised (\(answer.rawValue))") }
        return true
    }

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
        case LZMA_STREAM_END: return try startNextStream() ? (.more, produced) : (.end, produced)
        case LZMA_OK where unsafe produced > 0 || stream.avail_in > 0: return (.more, produced)
        case LZMA_OK, LZMA_BUF_ERROR: throw .truncated(format, after: after + produced)
        case LZMA_MEMLIMIT_ERROR: throw .needsTooMuchMemory(format, limit: Self.memoryLimit)
        default: throw .corrupt(format, after: after + produced)
        }
    }
}

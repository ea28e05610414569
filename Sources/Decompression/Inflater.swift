import CZlib

/// zlib's inflate(3) on gzip members. As gzip(1) does, members that follow one another are one
/// output, and what follows the last member is ignored.
@safe final class Inflater: StreamDecoder {
    private var stream = unsafe z_stream()
    private let initialized: Int32
    private static let gzipFormat: Int32 = 16 + MAX_WBITS

    init() {
        unsafe initialized = inflateInit2_(&stream, Self.gzipFormat, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit { unsafe inflateEnd(&stream) }

    func setInput(_ input: UnsafeRawBufferPointer) {
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: Bytef.self).baseAddress)
        // 4 GiB is far above the limit on a kernel file, which the caller has applied.
        unsafe stream.avail_in = uInt(clamping: input.count)
    }

    func step(into buffer: UnsafeMutableRawBufferPointer, after: Int) throws(DecompressionError) -> (Compression.Step, Int) {
        guard initialized == Z_OK else { throw .storage("zlib cannot be initialised (\(initialized))") }
        unsafe stream.next_out = buffer.bindMemory(to: Bytef.self).baseAddress
        unsafe stream.avail_out = uInt(clamping: buffer.count)
        let answer = unsafe inflate(&stream, Z_NO_FLUSH)
        let produced = unsafe buffer.count - Int(stream.avail_out)
        switch answer {
        case Z_STREAM_END:
            return try startNextMember() ? (.more, produced) : (.end, produced)
        case Z_OK where unsafe produced > 0 || stream.avail_in > 0:
            return (.more, produced)
        case Z_OK, Z_BUF_ERROR:
            throw .truncated(.gzip, after: after + produced)
        default:
            throw .corrupt(.gzip, after: after + produced)
        }
    }

    /// Whether another gzip member follows; makes the stream ready for it.
    private func startNextMember() throws(DecompressionError) -> Bool {
        guard unsafe stream.avail_in >= 2, let next = unsafe stream.next_in, unsafe next[0] == 0x1f, unsafe next[1] == 0x8b
        else { return false }
        return unsafe inflateReset2(&stream, Self.gzipFormat) == Z_OK
    }
}

#if Zstd
import BinaryLayout
import CZstd

/// libzstd's decoder. As zstd(1) does, frames that follow one another are one output, skippable frames
/// among them, which hold none (RFC 8878, section 3.1); what else follows the last one is ignored.
@safe final class ZstdDecoder: StreamDecoder {
    private let context: OpaquePointer?
    private var input = unsafe ZSTD_inBuffer()
    /// 128 MiB, zstd(1)'s own limit, within which `zstd -22 --ultra` stays: what kernels are packed with.
    private static let windowBits: Int32 = 27

    init() {
        unsafe context = ZSTD_createDCtx()
        if let context = unsafe context { unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowBits) }
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    func setInput(_ input: UnsafeRawBufferPointer) {
        unsafe self.input = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    }

    func step(into buffer: UnsafeMutableRawBufferPointer, after: Int) throws(DecompressionError) -> (Compression.Step, Int) {
        guard let context = unsafe context else { throw .storage("libzstd cannot be initialised") }
        var output = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        let answer = unsafe ZSTD_decompressStream(context, &output, &input)
        let produced = unsafe output.pos
        guard ZSTD_isError(answer) == 0 else {
            switch ZSTD_getErrorCode(answer) {
            case ZSTD_error_frameParameter_windowTooLarge: throw .needsTooMuchMemory(.zstd, limit: 1 << Self.windowBits)
            case ZSTD_error_memory_allocation: throw .storage("libzstd has no memory")
            default: throw .corrupt(.zstd, after: after + produced)
            }
        }
        // 0 says that a frame is complete and wholly written, anything else that more is to come.
        if answer == 0 { return (isAtFrame ? .more : .end, produced) }
        guard unsafe produced > 0 || input.pos < input.size else { throw .truncated(.zstd, after: after + produced) }
        return (.more, produced)
    }

    /// Whether another frame begins where the last one ended.
    private var isAtFrame: Bool {
        let rest = unsafe UnsafeRawBufferPointer(start: input.src, count: input.size)[input.pos...]
        return unsafe Compression.isZstdFrame(UnsafeRawBufferPointer(rebasing: rest).bindMemory(to: UInt8.self).span)
    }
}
#endif

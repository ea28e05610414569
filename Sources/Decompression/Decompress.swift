import ByteStorage
import CLZMA
import CZlib

extension Compression {
    /// What one step of a decompressor produced.
    enum Step {
        case more
        case end
    }

    /// Unwraps a file into a sealed memory file.
    /// - Parameter limit: the most bytes of output
    public func decompress(_ bytes: Bytes, limit: Int) throws(DecompressionError) -> Bytes {
        switch self {
        case .gzip: try pump(Inflater(), bytes, limit: limit)
        case .xz, .lzma: try pump(LZMADecoder(self), bytes, limit: limit)
        case .zstd:
            #if Zstd
            try pump(ZstdDecoder(), bytes, limit: limit)
            #else
            throw .unsupported(.zstd)
            #endif
        }
    }

    /// Feeds the whole input to the decoder and stores what comes out, a buffer at a time.
    private func pump(
        _ decoder: some StreamDecoder, _ bytes: Bytes, limit: Int
    ) throws(DecompressionError) -> Bytes {
        do {
            let output = try MemoryFile(name: "kernel")
            var buffer = [UInt8](repeating: 0, count: 1 << 17)
            try unsafe bytes.withUnsafeBytes { input in
                unsafe decoder.setInput(input)
                var step = Step.more
                while step == .more {
                    let produced: Int
                    (step, produced) = try unsafe buffer.withUnsafeMutableBytes {
                        try unsafe decoder.step(into: $0, after: output.count)
                    }
                    guard output.count + produced <= limit else { throw DecompressionError.tooLarge(self, limit: limit) }
                    try unsafe buffer.withUnsafeBytes { try unsafe output.append(UnsafeRawBufferPointer(rebasing: $0[..<produced])) }
                }
            }
            return try output.sealed()
        } catch let error as DecompressionError {
            throw error
        } catch {
            throw .storage("\(error)")
        }
    }
}

/// A decompressor of a C library, driven a buffer at a time.
protocol StreamDecoder: AnyObject {
    /// The whole input; it stays in place until the last step.
    func setInput(_ input: UnsafeRawBufferPointer)
    /// Fills as much of `buffer` as it can. `after` is the output so far, for error messages.
    func step(into buffer: UnsafeMutableRawBufferPointer, after: Int) throws(DecompressionError) -> (Compression.Step, Int)
}

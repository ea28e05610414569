import ByteStorage
import CSegmentChecksum
import CSHA256

/// A cheap checksum of a segment's bytes, by the same C source by which purgatory tells what has changed when the digest does not fit.
@safe public struct SegmentChecksum {
    private var state = segment_checksum()

    /// Begins a checksum.
    public init() { unsafe segment_checksum_init(&state) }

    /// Bytes are taken in multiples of this, but for the last ones.
    public static let blockSize = Int(8 * SEGMENT_CHECKSUM_LANES)

    /// Takes the next bytes: a multiple of `blockSize`, or the last ones.
    public mutating func update(_ bytes: Bytes) {
        unsafe bytes.withUnsafeBytes { unsafe segment_checksum_update(&state, $0.baseAddress, $0.count) }
    }

    /// The checksum of all bytes so far.
    public mutating func finish() -> UInt64 { unsafe segment_checksum_final(&state) }

    /// The checksum of these bytes alone.
    public static func checksum(of bytes: Bytes) -> UInt64 {
        var checksum = SegmentChecksum()
        checksum.update(bytes)
        return checksum.finish()
    }
}

extension SHA256 {
    /// As much as is hashed and then summed while it still is in a CPU's cache.
    private static let portion = 64 << 10

    /// Takes the next bytes, and returns their checksum: memory is read once for both.
    public mutating func updateAndSum(_ bytes: Bytes) -> UInt64 {
        var checksum = segment_checksum()
        unsafe segment_checksum_init(&checksum)
        unsafe bytes.withUnsafeBytes { all in
            var next = 0
            while next < all.count {
                let end = min(all.count, next + Self.portion)
                let portion = unsafe UnsafeRawBufferPointer(rebasing: all[next..<end])
                unsafe sha256_update(&context, portion.baseAddress, portion.count)
                unsafe segment_checksum_update(&checksum, portion.baseAddress, portion.count)
                next = end
            }
        }
        return unsafe segment_checksum_final(&checksum)
    }
}

import BinaryLayout
import ByteStorage
import Decompression

/// A kernel within an EFI program that decompresses it: "zboot"
/// (drivers/firmware/efi/libstub/zboot-header.S).
enum EFIZboot {
    private static let payloadOffset = IntegerField<UInt32>("payload_offset", at: 8)
    private static let payloadSize = IntegerField<UInt32>("payload_size", at: 12)

    /// The kernel itself, and how it was compressed.
    static func payload(of file: Bytes, limit: Int) throws(KernelImageError) -> (kernel: Bytes, compression: Compression) {
        let range = try file.withSpan { (bytes) throws(KernelImageError) -> Range<Int> in
            do throws(TruncatedBytes) {
                let start = Int(try bytes.read(payloadOffset))
                return start..<start + Int(try bytes.read(payloadSize))
            } catch {
                throw .truncatedExecutable(error)
            }
        }
        guard range.upperBound <= file.count, let payload = file.slice(range) else {
            throw .section("payload", offset: UInt64(range.lowerBound), size: UInt64(range.count), available: file.count)
        }
        // The header names the compression, too, but the data cannot be wrong about it.
        guard let compression = payload.withSpan({ Compression.detect($0) }) else {
            throw .field(
                "payload_offset", UInt64(range.lowerBound), at: payloadOffset.offset, allowed: "must be that of gzip, xz, lzma or zstd data"
            )
        }
        do { return (try compression.decompress(payload, limit: limit), compression) } catch { throw .wrapper(error) }
    }
}

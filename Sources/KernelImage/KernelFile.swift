import ByteStorage
import Decompression

/// A kernel as it was found on disk, taken out of its wrapper.
public struct KernelFile: Sendable {
    /// The most bytes a kernel may have, wrapped or not. The largest vmlinux with debug
    /// information are just below 1 GiB; a compressed bomb stops here.
    public static let sizeLimit = 1 << 30

    /// The kernel itself.
    public let bytes: Bytes
    /// The wrapper it was in; nil for none.
    public let wrapper: Compression?
    /// That wrapper was in an EFI zboot image.
    public let isEFIZboot: Bool

    /// Looks at the first bytes and unpacks. Throws where the file is empty, or its wrapper damaged or
    /// too large.
    public init(_ file: Bytes) throws(KernelImageError) {
        guard file.count > 0 else { throw .empty }
        isEFIZboot = file.withSpan { KernelFormat.detect($0) } == .efiZboot
        if isEFIZboot {
            (bytes, wrapper) = try EFIZboot.payload(of: file, limit: Self.sizeLimit)
            return
        }
        wrapper = file.withSpan { Compression.detect($0) }
        do {
            bytes = try wrapper?.decompress(file, limit: Self.sizeLimit) ?? file
        } catch {
            throw .wrapper(error)
        }
    }
}

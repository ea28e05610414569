import ByteStorage
import PhysicalMemory

/// A part of a kernel that becomes a segment: contents for whole pages.
public struct KernelPiece: Sendable {
    /// Bytes from the kernel's start.
    public let offset: ByteCount
    /// Bytes of memory, in whole pages. What the contents do not fill is zeroed.
    public let memorySize: ByteCount
    /// A slice of the file, or a copy where parts of it share a page.
    public let contents: Bytes

    /// A piece whose numbers were checked.
    public init(offset: ByteCount, memorySize: ByteCount, contents: Bytes) {
        self.offset = offset
        self.memorySize = memorySize
        self.contents = contents
    }
}

import SystemPackage

/// Bytes that do not change: an array, or a slice of a mapped file. A slice of a file is never
/// copied in user space, however large it is.
public struct Bytes: Sendable {
    private enum Storage: Sendable {
        case array([UInt8])
        case file(MappedFile, Range<Int>)
    }
    private let storage: Storage

    /// Bytes that were made in memory.
    public init(_ array: [UInt8]) { storage = .array(array) }
    /// All bytes of a mapped file.
    public init(_ file: MappedFile) { storage = .file(file, 0..<file.count) }

    /// Maps a whole file.
    /// - Parameter limit: the most bytes that are taken
    public init(contentsOf path: FilePath, limit: Int) throws(FileError) {
        self.init(try MappedFile(path: path, limit: limit))
    }

    /// In bytes.
    public var count: Int {
        switch storage {
        case .array(let array): array.count
        case .file(_, let range): range.count
        }
    }

    /// The open file whose whole content these bytes are; nil for an array or a part of a file.
    /// It stays open as long as these bytes exist.
    public var descriptor: FileDescriptor? {
        guard case .file(let file, let range) = storage, range == 0..<file.count else { return nil }
        return file.descriptor
    }

    /// A part of these bytes; nil when it does not lie within them.
    public func slice(_ range: Range<Int>) -> Bytes? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        switch storage {
        case .array(let array): return Bytes(Array(array[range]))
        case .file(let file, let outer):
            return Bytes(.file(file, outer.lowerBound + range.lowerBound..<outer.lowerBound + range.upperBound))
        }
    }

    private init(_ storage: Storage) { self.storage = storage }

    /// The bytes in place, for the time of one call.
    public func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch storage {
        case .array(let array): return try body(array.span)
        case .file:
            return try unsafe withUnsafeBytes { (bytes) throws(Failure) in
                let typed = unsafe bytes.bindMemory(to: UInt8.self)
                return try body(unsafe typed.span)
            }
        }
    }

    /// The bytes in place, for those who hand them to C.
    @unsafe public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch storage {
        case .array(let array):
            return try unsafe array.withUnsafeBufferPointer { (bytes) throws(Failure) in
                try unsafe body(UnsafeRawBufferPointer(bytes))
            }
        case .file(let file, let range):
            return try unsafe file.withUnsafeBytes { (bytes) throws(Failure) in
                try unsafe body(UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        }
    }
}
